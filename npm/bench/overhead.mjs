// `node overhead.mjs ENTRY` prints what calls through an entry of the package cost, one JSON line each:
// {"what": "...", "ns": ...}. Times are of the fastest of several rounds, since other work only ever adds.

import { pathToFileURL } from "node:url";

const began = performance.now();
const api = await import(pathToFileURL(process.argv[2]).href);
await api.init?.();
const scanner = new api.PromptScanner();
scanner.scan("What is the best time of year to visit the lakes in the north, and how long does the ferry take there?");
row("cold start", (performance.now() - began) * 1e6);

const text = "What is the best time of year to visit the lakes in the north, and how long does the ferry take there?";
const kilobyte = "The ferry leaves at nine and takes most of the morning, so bring a book. ".repeat(14).slice(0, 1024);
const texts = Array.from({ length: 1000 }, () => text);
const bytes = new TextEncoder().encode(text);
for (const clean of [text, kilobyte]) {
  if (scanner.scan(clean).score !== 0) throw new Error("a text of the benchmark is not clean");
}
row("clean 100 B", time(20_000, () => scanner.scan(text)));
row("clean 100 B, as bytes", time(20_000, () => scanner.scanBytes(bytes)));
row("clean 1 KB", time(3_000, () => scanner.scan(kilobyte)));
row("batch of 1000 x 100 B, per text", time(20, () => scanner.scanBatch(texts)) / texts.length);
// A call that does everything but scan: the price of the boundary.
row("empty text", time(200_000, () => scanner.scan("")));
process.exit(0);

function time(times, call) {
  let best = Infinity;
  for (let round = 0; round < 7; round++) {
    const start = performance.now();
    for (let i = 0; i < times; i++) call();
    // The first rounds also warm the engine up.
    best = Math.min(best, performance.now() - start);
  }
  return (best / times) * 1e6;
}

function row(what, ns) {
  console.log(JSON.stringify({ what, ns: Math.round(ns) }));
}
