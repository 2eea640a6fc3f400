// `node sizes.mjs JS` prints what workers have to carry: a module and every script its entry imports, each with
// `gzip -9`, as JSON lines {"what": "...", "bytes": ...}. The weights of the learned model are in each module; they have a
// budget and so a line of their own.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const PIPE = { maxBuffer: 1 << 26 };
const folder = process.argv[2];
for (const [name, entry] of [["full", "worker.js"], ["scan-only", "scan-worker.js"]]) {
  const files = new Set([entry]);
  for (const file of files) {
    if (!file.endsWith(".js")) continue;
    const source = readFileSync(join(folder, file), "utf8");
    for (const [, imported] of source.matchAll(/\bfrom\s+"\.\/([^"]+)"/g)) files.add(imported);
  }
  if (![...files].some((file) => file.endsWith(".wasm"))) throw new Error(`${entry} imports no module`);
  const bytes = [...files].map((file) => packed(join(folder, file)));
  row(`WASM gzip ${name}, module and glue`, bytes.reduce((sum, size) => sum + size));
}
const weights = new URL("../../core/src/generated/lexical.bin", import.meta.url);
row("WASM gzip weights of the learned model", packed(fileURLToPath(weights)));

/** The program: the zlib inside Node is tuned for speed and packs two per cent less. */
function packed(file) {
  return execFileSync("gzip", ["-9", "-c", file], PIPE).length;
}

function row(what, bytes) {
  console.log(JSON.stringify({ what, bytes }));
}
