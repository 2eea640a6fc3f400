// `node sizes.mjs JS PATH` prints what workers have to carry, each file with `gzip -9`, as JSON lines {"what": "...", "bytes":
// ...}: a module and every script its entry imports. The weights of the learned model are in each module that scans; they have a
// budget and so a line of their own. `PATH` is a folder with the module of what a token passes through and no more.

import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const PIPE = { maxBuffer: 1 << 26 };
const [folder, path] = process.argv.slice(2);
for (const [name, entry] of [["full", "worker.js"], ["scan-only", "scan-worker.js"]]) {
  row(`WASM gzip ${name}, module and glue`, sum(imported(entry)));
}
const tokens = [["tokens", "jwt-worker.js", "edgewarden_jwt"], ["tokens and their signatures", "jwt-full-worker.js", "edgewarden_jwt_full"]];
for (const [name, entry, module] of tokens) {
  row(`WASM gzip ${name}, module`, packed(join(folder, `${module}_bg.wasm`)));
  row(`WASM gzip ${name}, glue`, packed(join(folder, `${module}.js`)));
  if (existsSync(join(folder, entry))) row(`WASM gzip ${name}, module and all scripts`, sum(imported(entry)));
}
row("WASM gzip two-phase path of tokens, module", packed(join(path, "edgewarden_jwt_bg.wasm")));
const weights = new URL("../../core/src/generated/lexical.bin", import.meta.url);
row("WASM gzip weights of the learned model", packed(fileURLToPath(weights)));

/** The files that an entry imports, and itself. */
function imported(entry) {
  const files = new Set([pathToFileURL(join(folder, entry)).href]);
  for (const file of files) {
    if (!file.endsWith(".js")) continue;
    const source = readFileSync(fileURLToPath(file), "utf8");
    for (const [, name] of source.matchAll(/\bfrom\s+"(\.[^"]+)"/g)) files.add(new URL(name, file).href);
  }
  if (![...files].some((file) => file.endsWith(".wasm"))) throw new Error(`${entry} imports no module`);
  return [...files].map((file) => fileURLToPath(file));
}

function sum(files) {
  return files.reduce((bytes, file) => bytes + packed(file), 0);
}

/** The program: the zlib inside Node is tuned for speed and packs two per cent less. */
function packed(file) {
  return execFileSync("gzip", ["-9", "-c", file], PIPE).length;
}

function row(what, bytes) {
  console.log(JSON.stringify({ what, bytes }));
}
