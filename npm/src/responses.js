/**
 * Answers on their way out: text and server-sent events through a stream scanner, whole JSON documents at once. Only
 * what the scanner releases is passed on; a block ends the answer with a notice.
 *
 * A filter is `push(text)` and `finish()`, both answering `{ text, ended }`, and `close()`.
 */
import { option } from "./errors.js";
import {
  LIMIT_BYTES, Refusal, known, publicFindings, requireFunction, requireLimit, requireOrigin, requireScanner, textKind,
} from "./middleware.js";

/** Options of a middleware that scans answers, with the defaults filled in. */
export function answerOptions(options) {
  const {
    scanner, origin = "assistant", onDecision, select, replace, notice = NOTICE, limitBytes = LIMIT_BYTES,
  } = known(options, ["scanner", "origin", "onDecision", "select", "replace", "notice", "limitBytes"]);
  requireScanner(scanner);
  requireOrigin(origin);
  for (const [field, value] of Object.entries({ onDecision, select, replace })) requireFunction(field, value);
  if ((select === undefined) !== (replace === undefined)) throw option("replace", "goes together with `select`");
  if (typeof notice !== "string") throw option("notice", "not a string");
  requireLimit(limitBytes);
  return { scanner, origin, onDecision, select, replace, notice, limitBytes };
}

/**
 * `select` and `replace` for events whose data is JSON with the text at a JSON Pointer (RFC 6901), such as
 * `/choices/0/delta/content`.
 *
 * @param {string} pointer
 */
export function jsonDelta(pointer) {
  if (typeof pointer !== "string" || !pointer.startsWith("/")) throw option("pointer", "not a JSON Pointer");
  const path = pointer.slice(1).split("/").map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
  const last = path.pop();
  const holder = (value) => path.reduce((at, step) => own(at, step), value);
  return {
    select: (data) => own(holder(parsed(data)), last),
    replace: (data, text) => {
      const value = parsed(data);
      holder(value)[last] = text;
      return JSON.stringify(value);
    },
  };
}

/**
 * How an answer is scanned: `text`, `events`, `json`, or `binary` for one that is passed on unseen (pictures, sound,
 * archives). Compressed answers and other charsets cannot be scanned and are refused with 500.
 */
export function answerKind(header) {
  try {
    const kind = textKind(header);
    return kind === "form" ? "text" : kind;
  } catch (error) {
    throw error instanceof Refusal ? new Refusal(500, error.body) : error;
  }
}

/** A filter for an answer of that kind. */
export function answerFilter(kind, options) {
  if (kind === "json") return new JsonAnswer(options);
  return kind === "events" ? new EventAnswer(options) : new TextAnswer(options);
}

/** A text as it is written. */
class TextAnswer {
  #options;
  #stream;

  constructor(options) {
    this.#options = options;
    this.#stream = options.scanner.stream({ origin: options.origin });
  }

  push(text) {
    return this.#pass(this.#stream.push(text));
  }

  finish() {
    return this.#pass(this.#stream.finish());
  }

  close() {
    this.#stream.close?.();
  }

  #pass(output) {
    if (output.findings.length > 0) this.#options.onDecision?.(output);
    const ended = output.decision === "block";
    return { text: ended ? output.release + this.#options.notice : output.release, ended };
  }
}

/** A JSON document: scanned when it is whole, for half a document has no meaning. */
class JsonAnswer {
  #options;
  #json = "";

  constructor(options) {
    this.#options = options;
  }

  push(text) {
    this.#json += text;
    if (this.#json.length > this.#options.limitBytes) throw new Refusal(502, { error: "input_too_large" });
    return { text: "", ended: false };
  }

  finish() {
    if (this.#json === "") return { text: "", ended: true };
    const { report, text } = this.#check();
    if (report.decision === "block") {
      throw new Refusal(502, { error: "blocked", findings: publicFindings(report.findings) });
    }
    return { text, ended: true };
  }

  close() {
    this.#json = "";
  }

  #check() {
    try {
      return checkWhole(this.#json, this.#options);
    } catch (error) {
      const isTheDocuments = error?.code === "json_too_deep" || error?.code === "input_too_large";
      throw isTheDocuments ? new Refusal(502, { error: error.code }) : error;
    }
  }
}

/**
 * Server-sent events. The text of each event goes through one stream scanner; what it releases leaves in the event that
 * brought it out. Everything else in an event is scanned by itself.
 */
class EventAnswer {
  #options;
  #stream;
  #rest = "";
  /** The event that later releases are written into. */
  #carrier;
  /** Events that wait because text before them is still held. */
  #waiting = [];
  #waitingLength = 0;

  constructor(options) {
    this.#options = options;
    this.#stream = options.scanner.stream({ origin: options.origin });
  }

  push(text) {
    const all = this.#rest + text;
    // A carriage return at the end may be half of a line end.
    const whole = all.endsWith("\r") ? all.slice(0, -1) : all;
    const blocks = whole.replace(/\r\n?/g, "\n").split("\n\n");
    this.#rest = blocks.pop() + all.slice(whole.length);
    let out = "";
    for (const block of blocks) {
      const step = this.#event(readEvent(block));
      out += step.text;
      if (step.ended) return { text: out, ended: true };
    }
    const isTooLong = this.#rest.length + this.#waitingLength > this.#options.limitBytes;
    return isTooLong ? this.#stop(out, "input_too_large", []) : { text: out, ended: false };
  }

  finish() {
    // An event without its blank line is not an event; the client would drop it too.
    const output = this.#stream.finish();
    const text = this.#releaseOf(output);
    return output.decision === "block" ? this.#blocked(text, output) : { text: text + this.#flush(), ended: true };
  }

  close() {
    this.#stream.close?.();
  }

  #event(event) {
    if (event.data === undefined) return { text: event.head, ended: false };
    const { select, replace } = this.#options;
    const text = select ? select(event.data) : event.data;
    const isText = typeof text === "string" && text !== "";
    let rest = isText && !select ? "" : event.data;
    if (rest !== "") {
      const shell = isText ? replace(event.data, "") : event.data;
      const checked = checkWhole(shell, this.#options);
      if (checked.report.decision === "block") return this.#blocked("", checked.report);
      rest = checked.text;
    }
    if (!isText) return { text: this.#inTurn(writeEvent(event.head, rest)), ended: false };
    this.#carrier = { head: event.head, data: rest };
    const output = this.#stream.push(text);
    const out = this.#releaseOf(output);
    if (output.decision === "block") return this.#blocked(out, output);
    return { text: this.#stream.heldBytes === 0 ? out + this.#flush() : out, ended: false };
  }

  #releaseOf(output) {
    if (output.findings.length > 0) this.#options.onDecision?.(output);
    if (output.release === "" || this.#carrier === undefined) return "";
    const { head, data } = this.#carrier;
    return writeEvent(head, this.#options.replace ? this.#options.replace(data, output.release) : output.release);
  }

  #inTurn(text) {
    if (this.#waiting.length === 0 && this.#stream.heldBytes === 0) return text;
    this.#waiting.push(text);
    this.#waitingLength += text.length;
    return "";
  }

  #flush() {
    this.#waitingLength = 0;
    return this.#waiting.splice(0).join("");
  }

  #blocked(text, report) {
    return this.#stop(text, "blocked", publicFindings(report.findings));
  }

  #stop(text, error, findings) {
    return { text: text + writeEvent("event: error\n", JSON.stringify({ error, findings })), ended: true };
  }
}

/** Scans a text that is whole: as JSON if it is JSON. */
function checkWhole(text, options) {
  const { scanner, origin, onDecision } = options;
  let report;
  try {
    report = scanner.scanJson(text, { origin });
  } catch (error) {
    if (error?.code !== "invalid_json") throw error;
    report = scanner.scan(text, { origin });
  }
  if (report.findings.length > 0) onDecision?.(report);
  return { report, text: report.decision === "redact" ? report.redact(text) : text };
}

/** Fields that a client reads; a comment stays as a sign of life, without its text. */
function readEvent(block) {
  let head = "";
  let data;
  for (const line of block.split("\n")) {
    const [, field, value] = /^([^:]*):? ?(.*)$/s.exec(line);
    if (field === "data") data = data === undefined ? value : `${data}\n${value}`;
    else if (field === "event" || field === "id" || field === "retry") head += `${field}: ${value}\n`;
    else if (line.startsWith(":")) head += ":\n";
  }
  return { head: data === undefined && head !== "" ? `${head}\n` : head, data };
}

function writeEvent(head, data) {
  return `${head}${data.split(/\r\n|\r|\n/).map((line) => `data: ${line}\n`).join("")}\n`;
}

function parsed(data) {
  try {
    return JSON.parse(data);
  } catch {
    return undefined;
  }
}

function own(value, name) {
  return typeof value === "object" && value !== null && Object.hasOwn(value, name) ? value[name] : undefined;
}

const NOTICE = "\n[blocked]\n";
