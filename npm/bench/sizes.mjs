// `node sizes.mjs JS` prints what workers have to carry: a module and every script its entry imports, each with
// `gzip -9`, as JSON lines {"what": "...", "bytes": ...}.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

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
  // The program: the zlib inside Node is tuned for speed and packs two per cent less.
  const bytes = [...files].map((file) => execFileSync("gzip", ["-9", "-c", join(folder, file)], PIPE).length);
  row(`WASM gzip ${name}, module and glue`, bytes.reduce((sum, size) => sum + size));
}

function row(what, bytes) {
  console.log(JSON.stringify({ what, bytes }));
}
