// Measures the probe under Node. Prints lines of `key value`, which the benchmark program reads.
//   node run.mjs speed <wasm> <texts>           median µs per 1 KB text: clean ASCII and others; layer 10 alone
//   node run.mjs cold <wasm> <texts>            one cold start: compile, instantiate, first scan
//   node run.mjs size <wasm> <rules> <model>    gzip size, whole and by section
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const KB = 1024;
const [mode, wasmPath, extra, last] = process.argv.slice(2);
const quick = last === "quick";

/** The same cut as `texts.rs`: repeated to 1 KB, cut at a character boundary. */
function oneKb(file) {
  let bytes = readFileSync(file);
  while (bytes.length < KB) bytes = Buffer.concat([bytes, bytes]);
  let end = KB;
  while ((bytes[end] & 0xc0) === 0x80) end -= 1;
  return bytes.subarray(0, end);
}

function texts(prefix) {
  return readdirSync(extra).filter((f) => f.startsWith(prefix)).sort().map((f) => oneKb(join(extra, f)));
}

function instance() {
  const module = new WebAssembly.Module(readFileSync(wasmPath));
  return new WebAssembly.Instance(module, {}).exports;
}

function put(probe, bytes) {
  const at = probe.probe_alloc(bytes.length);
  new Uint8Array(probe.memory.buffer).set(bytes, at);
  return at;
}

function median(values) {
  return values.sort((a, b) => a - b)[values.length >> 1];
}

function microsPerCall(call, probe, bytes) {
  const at = put(probe, bytes);
  // The optimising compiler replaces the quick one while this runs.
  const warm = performance.now() + (quick ? 200 : 600);
  while (performance.now() < warm) call(at, bytes.length);
  const batches = [];
  for (let batch = 0; batch < (quick ? 31 : 101); batch += 1) {
    const from = performance.now();
    for (let scan = 0; scan < 20; scan += 1) call(at, bytes.length);
    batches.push(((performance.now() - from) * 1000) / 20 / (bytes.length / KB));
  }
  return median(batches);
}

function* sections(wasm) {
  const names = ["custom", "type", "import", "function", "table", "memory", "global", "export", "start", "element", "code", "data", "data count"];
  let at = 8;
  while (at < wasm.length) {
    const id = wasm[at++];
    let size = 0, shift = 0, byte;
    do { byte = wasm[at++]; size += (byte & 0x7f) * 2 ** shift; shift += 7; } while (byte & 0x80);
    yield [names[id] ?? String(id), wasm.subarray(at, at + size)];
    at += size;
  }
}

if (mode === "cold") {
  const first = texts("ascii-")[0];
  const from = performance.now();
  const probe = instance();
  probe.probe_scan(put(probe, first), first.length);
  console.log(`cold_ms ${(performance.now() - from).toFixed(3)}`);
} else if (mode === "speed") {
  const probe = instance();
  const micros = (call, prefix) => median(texts(prefix).map((t) => microsPerCall(call, probe, t))).toFixed(2);
  console.log(`ascii_us ${micros(probe.probe_scan, "ascii-")}`);
  console.log(`other_us ${micros(probe.probe_scan, "other-")}`);
  for (const kind of ["ascii", "code", "other"]) {
    console.log(`judge_${kind}_us ${micros(probe.probe_judge, `${kind}-`)}`);
  }
} else if (mode === "size") {
  const gzip = (bytes) => gzipSync(bytes, { level: 9 }).length;
  const wasm = readFileSync(wasmPath);
  console.log(`raw ${wasm.length}`);
  console.log(`gzip ${gzip(wasm)}`);
  for (const [name, bytes] of sections(wasm)) {
    if (name === "code" || name === "data") console.log(`${name} ${gzip(bytes)}`);
  }
  console.log(`rules ${gzip(readFileSync(extra))}`);
  console.log(`model ${gzip(readFileSync(last))}`);
} else {
  console.error("modes: speed, cold, size");
  process.exit(2);
}
