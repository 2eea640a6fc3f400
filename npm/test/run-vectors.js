// Runs the shared vectors over the public interface. Knows no engine: Node, workerd and Chromium all run this file.

/**
 * @param {object} api The exports of an entry of the package.
 * @param {{ name: string, text: string }[]} files Files of `vectors/`, as they are.
 * @returns {{ counts: Record<string, number>, faults: string[] }} Cases that held, by kind, and what did not hold.
 */
export function runVectors(api, files) {
  const counts = {};
  const faults = [];
  const plainScans = [];
  for (const { name: file, text } of files) {
    const { kind, cases } = JSON.parse(text.replaceAll("{{}}", ""));
    if (!Array.isArray(cases)) continue;
    counts[kind] ??= 0;
    cases.forEach((test, i) => {
      const name = `${file}: ${test.name ?? `${test.id} ${i}`}`;
      const run = KINDS[kind];
      try {
        if (run === undefined) throw new Error(`no runner for the kind ${kind}`);
        run(api, test);
        counts[kind] += 1;
        if (kind === "scan" && test.options === undefined) plainScans.push({ name, test });
      } catch (error) {
        faults.push(`${name}: ${error?.stack ?? error}`);
      }
    });
  }
  for (const { name, error } of batches(api, plainScans)) {
    counts.scan -= 1;
    faults.push(`${name}: in a batch: ${error?.stack ?? error}`);
  }
  return { counts, faults };
}

const KINDS = { scan, redact, json, stream, session, canary, errors, explain, rules };

function scan(api, test) {
  const scanner = new api.PromptScanner(test.options);
  const text = textOf(test);
  const report = scanner.scan(text, scanOptions(test));
  checkReport(report, test, text);
  equal(wellFormed(report.redact(text)), test.redacted, "redacted");
  if (test.text === undefined) return;
  const ofBytes = scanner.scanBytes(encode(test.text), scanOptions(test));
  equal(ofBytes.decision, test.decision, "decision of bytes");
  equal(ofBytes.score, test.score, "score of bytes");
  const spans = ofBytes.findings.map(({ ruleId, start, end }) => [ruleId, start, end]);
  equal(spans, test.findings.map(({ rule_id, span }) => [rule_id, ...span]), "spans of bytes");
}

/** Groups the cases without options and scans each group in one call. */
function* batches(api, all) {
  const groups = new Map();
  for (const one of all) {
    const key = `${one.test.origin} ${one.test.now}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  const scanner = new api.PromptScanner();
  for (const group of groups.values()) {
    const texts = group.map(({ test }) => textOf(test));
    const reports = scanner.scanBatch(texts, scanOptions(group[0].test));
    for (const [i, { name, test }] of group.entries()) {
      try {
        equal(reports.length, texts.length, "reports of a batch");
        checkReport(reports[i], test, texts[i]);
        equal(reports[i], scanner.scan(texts[i], scanOptions(test)), "report of a batch");
      } catch (error) {
        yield { name, error };
      }
    }
  }
}

function redact(api, test) {
  const text = textOf(test);
  const report = new api.PromptScanner().scan(text, { origin: test.origin });
  equal(report.redactions.length, test.redactions.length, "number of redactions");
  for (const [i, { span, slice, label }] of test.redactions.entries()) {
    checkPlace(report.redactions[i], span, slice, text);
    equal(report.redactions[i].label, label, "label");
  }
  equal(wellFormed(report.redact(text)), test.redacted, "redacted");
  const done = new api.Pseudonymizer(encode(test.key)).pseudonymize(text, report);
  equal(done.text, test.pseudonymized, "pseudonymized");
  equal(done.originals, test.originals, "originals");
  equal(done.restore(test.answer), test.restored, "restored");
  equal(done.restore(done.text), wellFormed(text), "restored text");
}

function json(api, test) {
  const report = new api.PromptScanner(test.options).scanJson(test.json, { origin: test.origin });
  checkReport(report, test, test.json);
  equal(report.findings.map((f) => f.pointer), test.findings.map((f) => f.pointer), "pointers");
  equal(report.strings, test.strings, "strings");
  equal(report.redact(test.json), test.redacted, "redacted");
}

function stream(api, test) {
  const scanner = new api.PromptScanner(test.options).stream({ origin: test.origin });
  const text = test.pieces.join("");
  for (const [i, expected] of test.outputs.entries()) {
    const isEnd = i === test.pieces.length;
    equal(scanner.isFinished, false, "isFinished");
    const output = isEnd ? scanner.finish() : scanner.push(test.pieces[i]);
    equal(wellFormed(output.release), expected.release, `release ${i}`);
    checkReport(output, expected, text);
    equal(scanner.decision, expected.decision, "decision of the stream");
    equal(scanner.score, expected.score, "score of the stream");
  }
  equal(test.outputs.length, test.pieces.length + 1, "number of outputs");
  equal(scanner.isFinished, true, "isFinished");
  equal(thrown(api, () => scanner.push("more")).code, "closed", "code");
}

function session(api, test) {
  const scanner = new api.PromptScanner(test.options);
  let state = new api.SessionState();
  for (const turn of test.turns) {
    state = api.SessionState.fromBytes(state.toBytes());
    const text = textOf(turn);
    checkReport(scanner.scanInSession(text, state, scanOptions(turn)), turn, text);
    equal(state.turns, turn.turns, "turns");
    equal(state.risk, turn.risk, "risk");
  }
}

function canary(api, test) {
  equal(api.canaryWord(encode(test.key), test.id), test.word, "word");
  equal(api.canaryLine(test.word), test.line, "line");
  const found = api.canaryFind(test.word, test.text);
  if (test.found === null) equal(found, null, "found");
  else checkPlace(found, test.found, test.slice, test.text);
}

function errors(api, test) {
  const scanner = () => new api.PromptScanner(test.options);
  const calls = {
    new: () => new api.PromptScanner(JSON.parse(test.options_json)),
    new_rules: () => new api.PromptScanner({ rules: bytesOf(test.rules) }),
    scan_bytes: () => scanner().scanBytes(bytesOf(test.bytes)),
    scan_json: () => scanner().scanJson(test.json),
    session: () => api.SessionState.fromBytes(bytesOf(test.bytes)),
    pseudonymizer: () => new api.Pseudonymizer(encode(test.key)),
    canary_word: () => api.canaryWord(encode(test.key), test.id),
    push_after_finish: () => {
      const stream = scanner().stream();
      stream.finish();
      stream.push("more");
    },
  };
  if (calls[test.call] === undefined) throw new Error(`no call ${test.call}`);
  const error = thrown(api, calls[test.call]);
  equal(error.code, test.code, "code");
  equal(error.field, test.field?.replace(/_([a-z])/g, (_, c) => c.toUpperCase()), "field");
  const text = test.call === "scan_json" ? test.json : undefined;
  equal(error.offset, text === undefined ? test.span_offset : unitsOf(text, test.span_offset), "offset");
}

function explain(api, test) {
  const explanation = new api.PromptScanner(test.options).explain(test.text, scanOptions(test));
  equal(explanation, test.explanation, "explanation");
}

function rules(api, test) {
  const report = new api.PromptScanner().scan(test.text, { origin: test.origin });
  equal([report.decision, report.score], [test.decision, test.score], "decision and score");
  equal(report.findings.map((f) => f.ruleId), test.findings.map((f) => f.rule_id), "rules");
  const bytes = encode(wellFormed(test.text));
  for (const [i, { span }] of test.findings.entries()) {
    checkPlace(report.findings[i], span, decode(bytes.slice(...span)), test.text);
  }
}

/** What a scan has to say of a text: decision, score, every member of every finding, and where they lie. */
function checkReport(report, test, text) {
  equal(report.decision, test.decision, "decision");
  equal(report.score, test.score, "score");
  equal(report.findings.map((f) => f.ruleId), test.findings.map((f) => f.rule_id), "rules");
  for (const [i, expected] of test.findings.entries()) {
    const { category, severity, confidence, weight, chain } = expected;
    const found = report.findings[i];
    const kept = { ...found };
    for (const name of ["ruleId", "start", "end", "pointer"]) delete kept[name];
    equal(kept, { category, severity, confidence, weight, chain }, "finding");
    checkPlace(found, expected.span, expected.slice, text);
  }
  if (report.findingsAllowed === undefined) return;
  equal(report.findingsAllowed, test.findings_allowed ?? 0, "findings allowed");
  equal(report.findingsDropped, test.findings_dropped ?? 0, "findings dropped");
}

/** Cut with its own offsets, the text reads the slice; and the start is the one meant, not another with the same words. */
function checkPlace({ start, end }, span, slice, text) {
  equal(wellFormed(text.slice(start, end)), slice, "slice");
  equal([start, end], span.map((at) => unitsOf(text, at)), "place");
}

function scanOptions({ origin, now }) {
  return now === undefined ? { origin } : { origin, now };
}

function textOf(test) {
  if (test.text !== undefined) return test.text;
  return test.text_utf16.map((unit) => String.fromCharCode(unit)).join("");
}

/** UTF-16 code units before a place in bytes. */
function unitsOf(text, bytes) {
  return bytes === undefined ? undefined : decode(encode(text).slice(0, bytes)).length;
}

/** The text with U+FFFD for each surrogate without partner, which is what an encoder makes of it. */
function wellFormed(text) {
  return decode(encode(text));
}

export function thrown(api, call) {
  try {
    call();
  } catch (error) {
    if (!api.isEdgewardenError(error)) throw error;
    return error;
  }
  throw new Error("nothing was thrown");
}

/** Deep, by the JSON form, with members in any order. */
export function equal(found, expected, what) {
  const [a, b] = [canonical(found), canonical(expected)];
  if (a !== b) throw new Error(`${what}: expected ${b}, found ${a}`);
}

function canonical(value) {
  const sorted = (_, v) =>
    v !== null && typeof v === "object" && !Array.isArray(v) ? Object.fromEntries(Object.entries(v).sort()) : v;
  return JSON.stringify(value, sorted) ?? "nothing";
}

export const encode = (text) => new TextEncoder().encode(text);
const decode = (bytes) => new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
export const bytesOf = (base64) => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
