// `node overhead.mjs JS ENTRY LOOPED [--quick]` prints what calls through an entry of the package in the folder JS cost,
// one JSON line each: {"what": "...", "ns": ...}. The folder LOOPED has the module with a loop in it.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [folder, entry, looped, ...flags] = process.argv.slice(2);
const seconds = flags.includes("--quick") ? 0.3 : 1;
const load = (...path) => import(pathToFileURL(join(...path)).href);
const text = "What is the best time of year to visit the lakes in the north, and how long does the ferry take there?";

const began = performance.now();
const api = await load(folder, entry);
await api.init?.();
const scanner = new api.PromptScanner();
scanner.scan(text);
console.log(JSON.stringify({ what: "cold start: import, new scanner, one scan", ms: performance.now() - began }));

const kilobyte = `${text} `.repeat(10).slice(0, 1024);
const texts = Array.from({ length: 1000 }, () => text);
const bytes = new TextEncoder().encode(text);
for (const clean of [text, kilobyte]) {
  if (scanner.scan(clean).score !== 0) throw new Error("a text of the benchmark is not clean");
}
row("clean 100 B", time(() => scanner.scan(text)));
row("clean 100 B, as bytes", time(() => scanner.scanBytes(bytes)));
row("clean 1 KB", time(() => scanner.scan(kilobyte)));
row("batch of 1000 x 100 B, per text", time(() => scanner.scanBatch(texts)) / texts.length);
// A call that does everything but scan.
row("empty text", time(() => scanner.scan("")));
if (api.backend === "wasm") await inside();
process.exit(0);

/** The same scan in a loop inside the module, which nothing enters or leaves meanwhile. */
async function inside() {
  const [{ wasmBackend }, { glue }] = [await load(folder, "instance.js"), await load(looped, "edgewarden.js")];
  const wasm = wasmBackend(glue, () => readFileSync(join(looped, "edgewarden_bg.wasm")));
  const { Scanner } = wasm.backend.start();
  const raw = new Scanner("{}", undefined);
  const now = Date.now();
  row("clean 100 B, inside the module", time(undefined, (calls) => raw.scanTimes(text, 1, now, calls)));
}

/** Nanoseconds a call in the fastest of many batches of at least 2 ms: other work on the machine only ever adds. */
function time(call, repeat = (calls) => { for (let i = 0; i < calls; i++) call(); }) {
  const batch = (calls) => {
    const start = performance.now();
    repeat(calls);
    return performance.now() - start;
  };
  // The engine does its best only after many calls.
  repeated(() => batch(1));
  let calls = 1;
  while (batch(calls) < 2) calls *= 2;
  let best = Infinity;
  repeated(() => { best = Math.min(best, batch(calls)); });
  return (best / calls) * 1e6;
}

function repeated(work) {
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end) work();
}

function row(what, ns) {
  console.log(JSON.stringify({ what, ns: Math.round(ns) }));
}
