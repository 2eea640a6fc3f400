// The public interface over a backend: the native addon or a WebAssembly instance.

import { JsonReport, Pseudonymized, ScanReport, StreamOutput, cleanReport, hideText } from "./answers.js";
import {
  DEFAULT_ORIGIN,
  STREAM_ORIGIN,
  checkBytes,
  checkMembers,
  checkText,
  nowOf,
  originOf,
  scannerOptions,
} from "./check.js";
import { EdgewardenError, argument, closed, fromPlain, isEdgewardenError, option } from "./errors.js";
import * as names from "./names.js";
import { Handle, Runtime } from "./runtime.js";

const SCAN_OPTIONS = ["origin", "now"];
const ORIGIN_OPTION = ["origin"];

/**
 * The classes and functions of the package over one backend.
 * @param {import("./runtime.js").Backend & { isScanOnly?: boolean }} backend `isScanOnly`: the raw interface has nothing
 *   beyond scanning.
 */
export function createApi(backend) {
  const runtime = new Runtime(backend);
  const guarded = (call) => runtime.guarded(call);

  class PromptScanner {
    #json;
    #rules;
    #raw;
    #generation;
    #clean;
    #isClosed = false;

    constructor(options) {
      ({ json: this.#json, rules: this.#rules } = scannerOptions(options));
      this.#build();
    }

    #build() {
      const raw = guarded((raw) => new raw.Scanner(this.#json, this.#rules));
      this.#clean ??= cleanReport(raw.rulesRevision());
      this.#raw = raw;
      this.#generation = runtime.generation;
    }

    /** The raw scanner; one whose instance is gone is built again. */
    #open() {
      if (this.#isClosed) throw closed("the scanner");
      if (this.#generation !== runtime.generation) this.#build();
      return this.#raw;
    }

    #report(json) {
      return json === undefined || json === null ? this.#clean : new ScanReport(JSON.parse(json));
    }

    #item(item) {
      if (item === null) return this.#clean;
      if (item.error !== undefined) throw fromPlain(item.error);
      return new ScanReport(item);
    }

    scan(text, options) {
      checkText(text, "text");
      let origin = DEFAULT_ORIGIN;
      let now;
      if (options === undefined) {
        now = Date.now();
      } else {
        checkMembers(options, SCAN_OPTIONS);
        origin = originOf(options, DEFAULT_ORIGIN);
        now = nowOf(options);
      }
      const raw = this.#open();
      let json;
      try {
        json = raw.scan(text, origin, now);
      } catch (error) {
        throw runtime.fault(error);
      }
      return this.#report(json);
    }

    scanBytes(bytes, options = {}) {
      checkBytes(bytes, "bytes");
      checkMembers(options, SCAN_OPTIONS);
      const [origin, now] = [originOf(options, DEFAULT_ORIGIN), nowOf(options)];
      const raw = this.#open();
      return this.#report(guarded(() => raw.scanBytes(bytes, origin, now)));
    }

    scanBatch(texts, options = {}) {
      const [copy, origin, now] = batchArguments(texts, options);
      const raw = this.#open();
      return JSON.parse(guarded(() => raw.scanBatch(copy, origin, now))).map((item) => this.#item(item));
    }

    async scanBatchAsync(texts, options = {}) {
      const [copy, origin, now] = batchArguments(texts, options);
      const raw = this.#open();
      if (raw.scanBatchAsync === undefined) return this.scanBatch(texts, options);
      try {
        return JSON.parse(await raw.scanBatchAsync(copy, origin, now)).map((item) => this.#item(item));
      } catch (error) {
        throw runtime.fault(error);
      }
    }

    scanJson(json, options = {}) {
      checkText(json, "json");
      checkMembers(options, ORIGIN_OPTION);
      const origin = originOf(options, DEFAULT_ORIGIN);
      const raw = this.#open();
      return new JsonReport(JSON.parse(guarded(() => raw.scanJson(json, origin))));
    }

    scanInSession(text, session, options = {}) {
      checkText(text, "text");
      const state = sessionOf(session);
      checkMembers(options, SCAN_OPTIONS);
      const [origin, now] = [originOf(options, DEFAULT_ORIGIN), nowOf(options)];
      const raw = this.#open();
      return this.#report(guarded(() => raw.scanInSession(text, origin, now, state())));
    }

    stream(options = {}) {
      checkMembers(options, ORIGIN_OPTION);
      const origin = originOf(options, STREAM_ORIGIN);
      const raw = this.#open();
      return new StreamScanner(
        KEY,
        guarded(() => raw.stream(origin)),
      );
    }

    explain(text, options = {}) {
      checkText(text, "text");
      checkMembers(options, SCAN_OPTIONS);
      const [origin, now] = [originOf(options, DEFAULT_ORIGIN), nowOf(options)];
      const raw = this.#open();
      return guarded(() => raw.explain(text, origin, now));
    }

    rules() {
      const raw = this.#open();
      return JSON.parse(guarded(() => raw.rules())).map((rule) => {
        Object.freeze(rule.languages);
        return Object.freeze(rule);
      });
    }

    get rulesRevision() {
      if (this.#isClosed) throw closed("the scanner");
      return this.#clean.rulesRevision;
    }

    close() {
      if (!this.#isClosed && this.#generation === runtime.generation) this.#raw.free();
      this.#isClosed = true;
      this.#raw = undefined;
      // They may hold words of the caller.
      this.#json = this.#rules = undefined;
    }
  }

  /** A way to the raw session of what a caller passed. */
  let sessionOf;

  class SessionState {
    #handle;

    constructor(...rest) {
      // Bytes come through `fromBytes`; no argument here is the caller's.
      const bytes = rest[0] === KEY ? rest[1] : undefined;
      this.#handle = new Handle(
        runtime,
        "the session",
        guarded((raw) => new raw.Session(bytes)),
      );
    }

    static fromBytes(bytes) {
      checkBytes(bytes, "bytes");
      return new SessionState(KEY, bytes);
    }

    static {
      sessionOf = (session) => {
        if (typeof session !== "object" || session === null || !(#handle in session)) {
          throw argument("session", "not a SessionState");
        }
        return () => session.#handle.open();
      };
    }

    toBytes() {
      return guarded(() => this.#handle.open().toBytes());
    }

    get turns() {
      return guarded(() => this.#handle.open().turns());
    }

    get risk() {
      return guarded(() => this.#handle.open().risk());
    }

    close() {
      this.#handle.close();
    }
  }

  class StreamScanner {
    #handle;
    #isFinished = false;
    #decision = "allow";
    #score = 0;
    /** Everything found, once the stream has ended. */
    #findings;

    constructor(key, raw) {
      if (key !== KEY) throw argument("scanner", "a stream comes from PromptScanner.stream()");
      this.#handle = new Handle(runtime, "the stream", raw);
    }

    push(piece) {
      checkText(piece, "piece");
      return this.#output((raw) => raw.push(piece));
    }

    finish() {
      let before;
      const output = this.#output((raw) => {
        before = JSON.parse(raw.findings());
        return raw.finish();
      });
      this.#findings = frozen([...before, ...output.findings]);
      this.#isFinished = true;
      this.#handle.close();
      return output;
    }

    #output(call) {
      const output = new StreamOutput(JSON.parse(guarded(() => call(this.#handle.open()))));
      this.#decision = output.decision;
      this.#score = output.score;
      return output;
    }

    get decision() {
      return this.#decision;
    }

    get score() {
      return this.#score;
    }

    get findings() {
      return this.#findings ?? frozen(JSON.parse(guarded(() => this.#handle.open().findings())));
    }

    get heldBytes() {
      return this.#isFinished ? 0 : guarded(() => this.#handle.open().heldBytes());
    }

    get isFinished() {
      return this.#isFinished || !this.#handle.isOpen;
    }

    transform(options = {}) {
      checkMembers(options, ["onOutput", "onBlock"]);
      const { onOutput, onBlock } = options;
      for (const [name, value] of Object.entries({ onOutput, onBlock })) {
        if (value !== undefined && typeof value !== "function") throw option(name, "not a function");
      }
      const deliver = (output, controller) => {
        onOutput?.(output);
        if (output.release !== "") controller.enqueue(output.release);
        if (output.decision !== "block") return;
        this.close();
        if (onBlock === undefined) {
          throw new EdgewardenError("blocked", "the text was blocked and the stream ended", { decision: "block" });
        }
        onBlock(output);
        controller.terminate();
      };
      return new TransformStream({
        transform: (piece, controller) => deliver(this.push(piece), controller),
        flush: (controller) => deliver(this.finish(), controller),
        cancel: () => this.close(),
      });
    }

    close() {
      this.#handle.close();
    }
  }

  class Pseudonymizer {
    #key;
    #raw;
    #generation;

    constructor(key) {
      checkBytes(key, "key");
      this.#key = key.slice();
      this.#open();
    }

    #open() {
      if (this.#key === undefined) throw closed("the pseudonymizer");
      if (this.#generation !== runtime.generation || this.#raw === undefined) {
        this.#raw = guarded((raw) => new raw.Pseudonymizer(this.#key));
        this.#generation = runtime.generation;
      }
      return this.#raw;
    }

    pseudonymize(text, report) {
      checkText(text, "text");
      if (!Array.isArray(report?.redactions)) throw argument("report", "not a report");
      const redactions = JSON.stringify(report.redactions);
      const raw = this.#open();
      return new Pseudonymized(JSON.parse(guarded(() => raw.pseudonymize(text, redactions))));
    }

    close() {
      if (this.#key !== undefined && this.#generation === runtime.generation) this.#raw.free();
      this.#key = this.#raw = undefined;
    }
  }

  function canaryWord(key, id) {
    checkBytes(key, "key");
    checkText(id, "id");
    return guarded((raw) => raw.canaryWord(key, id));
  }

  function canaryLine(word) {
    checkText(word, "word");
    return guarded((raw) => raw.canaryLine(word));
  }

  function canaryFind(word, text) {
    checkText(word, "word");
    checkText(text, "text");
    const found = guarded((raw) => raw.canaryFind(word, text));
    return found === undefined || found === null ? null : { start: found[0], end: found[1] };
  }

  function errorCatalogue() {
    return JSON.parse(guarded((raw) => raw.errorCatalogue())).map(Object.freeze);
  }

  /** Panics inside, for the tests of this package. */
  function panicProbe() {
    guarded((raw) => raw.panicProbe());
  }

  if (backend.isScanOnly) {
    for (const name of ["scanJson", "scanInSession", "explain", "rules"]) delete PromptScanner.prototype[name];
  }
  hideText(PromptScanner, () => "");
  hideText(SessionState, () => "");
  hideText(StreamScanner, (stream) => `decision: ${stream.decision}, score: ${stream.score}`);
  hideText(Pseudonymizer, () => "");
  for (const type of [PromptScanner, SessionState, StreamScanner, Pseudonymizer]) {
    if (Symbol.dispose === undefined) continue;
    Object.defineProperty(type.prototype, Symbol.dispose, { value: type.prototype.close, configurable: true });
  }

  return {
    ...names,
    EdgewardenError,
    JsonReport,
    PromptScanner,
    Pseudonymized,
    Pseudonymizer,
    ScanReport,
    SessionState,
    StreamOutput,
    StreamScanner,
    backend: backend.kind,
    canaryFind,
    canaryLine,
    canaryWord,
    errorCatalogue,
    isEdgewardenError,
    panicProbe,
    version: () => guarded((raw) => raw.version()),
  };
}

/** What only this module can pass to constructors that are not for callers. */
const KEY = Symbol("edgewarden");

function batchArguments(texts, options) {
  if (!Array.isArray(texts)) throw argument("texts", "not a list");
  // A copy, so that what was checked is what is scanned.
  const copy = Array.from(texts);
  copy.forEach((text, i) => checkText(text, `texts.${i}`));
  checkMembers(options, SCAN_OPTIONS);
  return [copy, originOf(options, DEFAULT_ORIGIN), nowOf(options)];
}

function frozen(findings) {
  for (const finding of findings) {
    Object.freeze(finding.chain);
    Object.freeze(finding);
  }
  return Object.freeze(findings);
}
