import assert from "node:assert/strict";
import { test } from "node:test";
import { Worker } from "node:worker_threads";
import { ATTACK, MAIL, TEXT, urlOf } from "./package.mjs";

const api = await import(urlOf("js/file.js"));
const { PromptScanner, SessionState, Pseudonymizer } = api;
const key = new TextEncoder().encode("a key of sixteen bytes or more");

/** The backend of an instance whose memory can be looked at. */
async function watched() {
  const { createApi } = await import(urlOf("js/api.js"));
  const { glue } = await import(urlOf("js/edgewarden.js"));
  const { wasmBackend } = await import(urlOf("js/instance.js"));
  const { readFileSync } = await import("node:fs");
  const wasm = wasmBackend(glue, () => readFileSync(new URL(urlOf("js/edgewarden_bg.wasm"))));
  return { api: createApi(wasm.backend), bytes: () => wasm.backend.start().memory.buffer.byteLength };
}

test("after close every call answers closed, and closing twice is fine", () => {
  const scanner = new PromptScanner();
  const stream = scanner.stream();
  const session = new SessionState();
  const pseudonymizer = new Pseudonymizer(key);
  const report = scanner.scan(TEXT);
  for (const object of [scanner, stream, session, pseudonymizer]) {
    object.close();
    object.close();
  }
  const calls = [
    () => scanner.scan(TEXT),
    () => scanner.scanBytes(new Uint8Array()),
    () => scanner.scanBatch([]),
    () => scanner.scanJson("{}"),
    () => scanner.explain(TEXT),
    () => scanner.rules(),
    () => scanner.rulesRevision,
    () => scanner.stream(),
    () => stream.push(TEXT),
    () => stream.finish(),
    () => stream.findings,
    () => session.turns,
    () => session.toBytes(),
    () => new PromptScanner().scanInSession(TEXT, session),
    () => pseudonymizer.pseudonymize(TEXT, report),
  ];
  for (const call of calls) assert.throws(call, { name: "EdgewardenError", code: "closed" }, String(call));
  assert.equal(stream.isFinished, true);
});

test("a stream outlives its scanner", () => {
  const scanner = new PromptScanner();
  const stream = scanner.stream();
  scanner.close();
  stream.push(TEXT);
  assert.equal(stream.finish().release, TEXT);
});

test("using closes at the end of the block", { skip: Symbol.dispose === undefined && "Symbol.dispose is missing" }, () => {
  const scanner = new PromptScanner();
  scanner[Symbol.dispose]();
  assert.throws(() => scanner.scan(TEXT), { code: "closed" });
});

test("a trap ends the instance, not the program", async () => {
  const { api } = await watched();
  const scanner = new api.PromptScanner({ preset: "strict", canaries: ["abcdefghijklmnopqrstuvwx"] });
  const pseudonymizer = new api.Pseudonymizer(key);
  const [stream, session] = [scanner.stream(), new api.SessionState()];
  scanner.scanInSession(ATTACK, session);
  const saved = session.toBytes();
  const before = scanner.scan(ATTACK);
  for (let round = 0; round < 3; round++) {
    assert.throws(() => api.panicProbe(), { name: "EdgewardenError", code: "internal" });
    assert.deepEqual(scanner.scan(ATTACK), before);
  }
  assert.throws(() => stream.push("a"), { code: "closed" });
  assert.throws(() => session.turns, { code: "closed" });
  assert.equal(stream.isFinished, true);
  assert.equal(api.SessionState.fromBytes(saved).turns, 1);
  const text = `Mail ${MAIL}`;
  assert.equal(pseudonymizer.pseudonymize(text, scanner.scan(text)).restore("x"), "x");
  for (const object of [scanner, stream, session, pseudonymizer]) object.close();
});

test("scanners of a dead instance are collected without a fault", async () => {
  const { api } = await watched();
  for (let i = 0; i < 20; i++) new api.PromptScanner().stream();
  assert.throws(() => api.panicProbe(), { code: "internal" });
  for (let i = 0; i < 5; i++) {
    gc();
    await new Promise((done) => setTimeout(done, 5));
  }
  assert.equal(new api.PromptScanner().scan(TEXT).decision, "allow");
});

test("memory stays steady over many calls", async () => {
  const times = Number(process.env.EDGEWARDEN_LEAK ?? 1_000_000);
  const { api, bytes } = await watched();
  const scanner = new api.PromptScanner();
  const all = (i) => {
    scanner.scan(i % 16 === 0 ? ATTACK : TEXT);
    if (i % 64 !== 0) return;
    scanner.scanBatch([TEXT, `é ${MAIL}`]);
    try {
      scanner.scanJson(`{"a": ["${MAIL}"`);
    } catch (error) {
      assert.equal(error.code, "invalid_json");
    }
    const stream = scanner.stream();
    stream.push(TEXT);
    stream.finish();
    const session = new api.SessionState();
    scanner.scanInSession(ATTACK, session);
    session.close();
    new api.PromptScanner().close();
  };
  for (let i = 0; i < 5_000; i++) all(i);
  const warm = bytes();
  for (let i = 0; i < times; i++) all(i);
  assert.equal(bytes(), warm);
});

test("objects nobody closes are collected", async () => {
  const { api, bytes } = await watched();
  const round = async () => {
    for (let i = 0; i < 200; i++) {
      const stream = new api.PromptScanner({ disabledRules: ["x".repeat(10_000)] }).stream();
      stream.push("a".repeat(1000));
    }
    gc();
    // Finalizers run between tasks.
    await new Promise((done) => setTimeout(done, 10));
    gc();
    await new Promise((done) => setTimeout(done, 10));
  };
  for (let i = 0; i < 3; i++) await round();
  const warm = bytes();
  for (let i = 0; i < 10; i++) await round();
  assert.ok(bytes() <= warm * 1.5, `${warm} grew to ${bytes()} bytes`);
});

test("threads with an instance each answer the same", async () => {
  const texts = [TEXT, ATTACK, `Mail ${MAIL}`, "é 😀 \ud800", ""];
  const source = `
    const { parentPort, workerData } = require("node:worker_threads");
    import(workerData.url).then(({ PromptScanner }) => {
      const scanner = new PromptScanner();
      let last;
      for (let i = 0; i < 200; i++) last = JSON.stringify(workerData.texts.map((text) => scanner.scan(text)));
      parentPort.postMessage(last);
    });`;
  const run = () =>
    new Promise((done, failed) => {
      const worker = new Worker(source, { eval: true, workerData: { url: urlOf("js/file.js"), texts } });
      worker.on("message", done).on("error", failed);
    });
  const answers = await Promise.all([run(), run(), run(), run()]);
  const scanner = new PromptScanner();
  const here = JSON.stringify(texts.map((text) => scanner.scan(text)));
  assert.deepEqual(new Set(answers), new Set([here]));
});

test("a module is taken as bytes, as a module, or not at all", async () => {
  const { createApi } = await import(urlOf("js/api.js"));
  const { glue } = await import(urlOf("js/edgewarden.js"));
  const { wasmBackend } = await import(urlOf("js/instance.js"));
  const { readFileSync } = await import("node:fs");
  const bytes = readFileSync(new URL(urlOf("js/edgewarden_bg.wasm")));
  const fresh = () => {
    const wasm = wasmBackend(glue);
    return { ...wasm, ...createApi(wasm.backend) };
  };
  const early = fresh();
  assert.throws(() => new early.PromptScanner(), { code: "not_initialized" });
  assert.throws(() => early.initSync("hush"), { code: "invalid_argument" });
  await assert.rejects(early.init(), { code: "invalid_argument" });
  await assert.rejects(early.init(new Response("no", { status: 404 })), { code: "not_initialized" });
  await assert.rejects(early.init(new Uint8Array([1, 2, 3])), WebAssembly.CompileError);
  const type = { "content-type": "application/wasm" };
  for (const source of [
    bytes,
    new WebAssembly.Module(bytes),
    bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length),
    new Response(bytes, { headers: type }),
    Promise.resolve(new Response(bytes)),
  ]) {
    const api = fresh();
    await Promise.all([api.init(source), api.init()]);
    assert.equal(new api.PromptScanner().scan(TEXT).decision, "allow");
  }
  early.initSync(bytes);
  early.initSync();
  assert.equal(new early.PromptScanner().scan(TEXT).decision, "allow");
});

test("scanning alone gives the same reports", async () => {
  const scan = await import(urlOf("js/scan-file.js"));
  const [full, alone] = [new PromptScanner(), new scan.PromptScanner()];
  for (const text of [TEXT, ATTACK, `é ${MAIL}`]) {
    assert.deepEqual(JSON.stringify(alone.scan(text)), JSON.stringify(full.scan(text)));
    assert.equal(alone.scan(text).redact(text), full.scan(text).redact(text));
  }
  assert.equal(alone.scanJson, undefined);
  const stream = alone.stream();
  stream.push(TEXT);
  assert.equal(stream.finish().release, TEXT);
});

test("an error of another copy is still an error of this package", async () => {
  const { createRequire } = await import("node:module");
  const cjs = createRequire(import.meta.url)(new URL(urlOf("js/file.cjs")).pathname);
  try {
    new cjs.PromptScanner().scan(5);
    assert.fail("nothing was thrown");
  } catch (error) {
    assert.ok(api.isEdgewardenError(error) && error instanceof api.EdgewardenError);
  }
});
