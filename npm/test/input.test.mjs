import assert from "node:assert/strict";
import { inspect } from "node:util";
import { test } from "node:test";
import { ATTACK, MAIL, TEXT, urlOf } from "./package.mjs";

const api = await import(urlOf("js/file.js"));
const { PromptScanner, SessionState, Pseudonymizer, EdgewardenError, isEdgewardenError } = api;
const scanner = new PromptScanner();
const key = new TextEncoder().encode("a key of sixteen bytes or more");

function fails(call, code, field) {
  assert.throws(call, (error) => {
    assert.ok(error instanceof EdgewardenError && error instanceof Error && isEdgewardenError(error), String(error));
    assert.deepEqual([error.code, error.field], [code, field]);
    assert.equal(error.name, "EdgewardenError");
    assert.ok(!error.message.includes("hush") && !error.message.endsWith("."), error.message);
    return true;
  });
}

test("what is no text is refused by name", () => {
  for (const text of [undefined, null, 5, 5n, true, {}, [], Symbol("hush"), new String("hush"), () => "hush"]) {
    fails(() => scanner.scan(text), "invalid_argument", "text");
    fails(() => scanner.explain(text), "invalid_argument", "text");
    fails(() => scanner.scanJson(text), "invalid_argument", "json");
    fails(() => scanner.stream().push(text), "invalid_argument", "piece");
    fails(() => scanner.scanBatch([TEXT, text]), "invalid_argument", "texts.1");
    fails(() => scanner.scanInSession(text, new SessionState()), "invalid_argument", "text");
    fails(() => api.canaryLine(text), "invalid_argument", "word");
    fails(() => scanner.scan(TEXT).redact(text), "invalid_argument", "text");
  }
  for (const bytes of [undefined, null, "hush", [1], new ArrayBuffer(4), new Uint16Array(2), new DataView(new ArrayBuffer(2))]) {
    fails(() => scanner.scanBytes(bytes), "invalid_argument", "bytes");
    fails(() => SessionState.fromBytes(bytes), "invalid_argument", "bytes");
    fails(() => new Pseudonymizer(bytes), "invalid_argument", "key");
  }
  for (const texts of [undefined, null, "hush", { length: 1 }, new Set(["hush"])]) {
    fails(() => scanner.scanBatch(texts), "invalid_argument", "texts");
  }
  fails(() => scanner.scanBatch(new Array(2)), "invalid_argument", "texts.0");
});

test("options of a call are known names in their range", () => {
  for (const origin of ["hush", "User", "", 1, null, "__proto__", "constructor", ["user"]]) {
    fails(() => scanner.scan(TEXT, { origin }), "invalid_argument", "origin");
    fails(() => scanner.stream({ origin }), "invalid_argument", "origin");
  }
  for (const now of [-1, 1.5, NaN, Infinity, 2 ** 53, "1", null, 1n, new Date(0)]) {
    fails(() => scanner.scan(TEXT, { now }), "invalid_argument", "now");
  }
  for (const options of [null, "user", 1, [], () => 1]) fails(() => scanner.scan(TEXT, options), "invalid_argument", "options");
  fails(() => scanner.scan(TEXT, { orgin: "tool" }), "invalid_option", "orgin");
  fails(() => scanner.scanJson("{}", { now: 5 }), "invalid_option", "now");
  fails(() => scanner.stream({ now: 5 }), "invalid_option", "now");
  assert.equal(scanner.scan(TEXT, { origin: undefined, now: undefined }).decision, "allow");
  assert.equal(scanner.scan(TEXT, { now: 0 }).decision, "allow");
  assert.equal(scanner.scan(TEXT, Object.assign(Object.create(null), { origin: "tool" })).decision, "allow");
});

test("an option never vanishes on its way", () => {
  const cyclic = {};
  cyclic.limits = cyclic;
  for (const [options, field] of [
    [{ presett: "strict" }, "presett"],
    [{ preset: "hush" }, "preset"],
    [{ preset: () => "strict" }, "preset"],
    [{ preset: Symbol("hush") }, "preset"],
    [{ limits: { findings: 5n } }, "limits.findings"],
    [{ limits: { findings: Infinity } }, "limits.findings"],
    [{ limits: { findings: -1 } }, "limits.findings"],
    [{ thresholds: new Map([["user", { block: 1 }]]) }, "thresholds"],
    [{ thresholds: { user: { flag: "hush" } } }, "thresholds.user.flag"],
    [{ disabledRules: new Set(["hush"]) }, "disabledRules"],
    [{ disabledRules: "hush" }, "disabledRules"],
    [{ disabledRules: ["a", undefined] }, "disabledRules.1"],
    [{ allow: [{ text: "hush", until: new Date(0) }] }, "allow.0.until"],
    [{ rules: "hush" }, "rules"],
    [{ rules: [1, 2] }, "rules"],
    [JSON.parse('{"__proto__": {"preset": "strict"}}'), "__proto__"],
    [null, "options"],
    ["hush", "options"],
    [[], "options"],
    [5, "options"],
    [() => 1, "options"],
    [new Map(), "options"],
  ]) {
    fails(() => new PromptScanner(options), "invalid_option", field);
  }
  assert.throws(() => new PromptScanner(cyclic), { code: "invalid_option" });
  const absent = { preset: undefined, rules: undefined, thresholds: { user: undefined } };
  assert.equal(new PromptScanner(absent).scan(TEXT).decision, "allow");
});

test("later changes to what was handed in change nothing", () => {
  const options = { disabledRules: [] };
  const scanner = new PromptScanner(options);
  options.disabledRules.push("email-address");
  const mutable = key.slice();
  const pseudonymizer = new Pseudonymizer(mutable);
  const report = scanner.scan(`Mail ${MAIL}`);
  const before = pseudonymizer.pseudonymize(`Mail ${MAIL}`, report).text;
  mutable.fill(0);
  assert.equal(pseudonymizer.pseudonymize(`Mail ${MAIL}`, report).text, before);
  assert.equal(report.redactions.length, 1);
});

test("any string is a text", () => {
  for (const text of ["", "\0", "\ud800", "a\udc00b\ud83d", "\ufeff", "\u2028", "😀".repeat(50), "a".repeat(200_000)]) {
    const report = scanner.scan(text, { origin: "tool" });
    assert.ok(report.score >= 0 && report.score <= 1000);
    report.redact(text);
    scanner.explain(text);
  }
  const report = scanner.scan(`\ud800 é 😀 ${MAIL}`);
  const { start, end } = report.redactions[0];
  assert.equal(`\ud800 é 😀 ${MAIL}`.slice(start, end), MAIL);
});

test("what is no session, report or function is refused", () => {
  for (const session of [undefined, null, {}, new Uint8Array(4), Object.create(SessionState.prototype)]) {
    fails(() => scanner.scanInSession(TEXT, session), "invalid_argument", "session");
  }
  const pseudonymizer = new Pseudonymizer(key);
  for (const report of [undefined, null, {}, { redactions: 5 }]) {
    fails(() => pseudonymizer.pseudonymize(TEXT, report), "invalid_argument", "report");
  }
  fails(() => pseudonymizer.pseudonymize(TEXT, { redactions: [{ start: "hush" }] }), "invalid_argument", "redactions.0.label");
  const odd = { redactions: [{ start: 90, end: 9000, label: "x" }, { start: 3, end: 1, label: "y" }] };
  assert.equal(typeof pseudonymizer.pseudonymize(TEXT, odd).text, "string");
  fails(() => scanner.stream().transform({ onBlock: "hush" }), "invalid_option", "onBlock");
  fails(() => scanner.stream().transform({ onblock: () => 1 }), "invalid_option", "onblock");
  fails(() => new api.StreamScanner(), "invalid_argument", "scanner");
});

test("answers are frozen, and string forms hold no text", () => {
  const secret = `hush ${MAIL}`;
  const report = scanner.scan(`${secret} ${ATTACK}`);
  assert.ok(report instanceof api.ScanReport);
  for (const value of [report, report.findings, report.findings[0], report.findings[0].chain, report.redactions[0]]) {
    assert.ok(Object.isFrozen(value));
  }
  const done = new Pseudonymizer(key).pseudonymize(secret, scanner.scan(secret));
  const stream = scanner.stream();
  const output = stream.push(`${secret} ${"and so on ".repeat(5000)}`);
  assert.ok(output.release.includes("hush"));
  const withText = new PromptScanner({ canaries: ["hushhushhush"], allow: [{ text: secret }] });
  const session = new SessionState();
  withText.scanInSession(secret, session);
  for (const value of [report, done, output, stream, withText, session, new Pseudonymizer(key)]) {
    for (const shown of [String(value), inspect(value, { showHidden: true, depth: 9 }), JSON.stringify(value)]) {
      assert.ok(!shown.includes("hush") && !shown.includes(MAIL), shown);
    }
  }
  assert.equal(done.restore(done.text), secret);
});

test("the error catalogue has every code of the types", async () => {
  const { readFileSync } = await import("node:fs");
  const types = readFileSync(new URL(urlOf("types.d.ts")), "utf8");
  const union = types.slice(types.indexOf("export type ErrorCode ="));
  const codes = [...union.slice(0, union.indexOf(";")).matchAll(/"([a-z0-9_]+)"/g)].map(([, code]) => code);
  assert.deepEqual(codes.sort(), api.errorCatalogue().map(({ code }) => code).sort());
});

test("names are those of the core", () => {
  const rules = new PromptScanner({ strictness: "paranoid" }).rules();
  assert.ok(rules.length > 100);
  for (const [type, member] of [["Category", "category"], ["Severity", "severity"], ["Confidence", "confidence"], ["Strictness", "strictness"]]) {
    const names = new Set(Object.values(api[type]));
    for (const rule of rules) assert.ok(names.has(rule[member]), rule[member]);
  }
  for (const layer of Object.values(api.Layer)) new PromptScanner({ disabledLayers: [layer] });
  for (const preset of Object.values(api.Preset)) new PromptScanner({ preset });
  for (const onLimit of Object.values(api.Decision)) new PromptScanner({ onLimit });
  for (const origin of Object.values(api.Origin)) scanner.scan(TEXT, { origin });
  assert.match(api.version(), /^\d+\.\d+\.\d+$/);
});
