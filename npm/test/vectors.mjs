// Node: `node vectors.mjs ENTRY TOKENS` runs all vectors through an entry of the package and its entry for tokens.

import { readFileSync, readdirSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { runJwtVectors } from "./run-jwt-vectors.js";
import { runVectors } from "./run-vectors.js";

const [api, tokens] = await Promise.all(process.argv.slice(2).map((entry) => import(pathToFileURL(entry).href)));
const of = runVectors(api, read("../../vectors/"));
const ofTokens = await runJwtVectors(tokens, read("../../vectors/jwt/"));
const faults = [...of.faults, ...ofTokens.faults];
for (const line of [...ofTokens.notes, ...faults]) console.log(line);
console.log(`VECTORS ${JSON.stringify({ ...of.counts, ...ofTokens.counts })}`);
process.exitCode = faults.length === 0 ? 0 : 1;

function read(path) {
  const folder = new URL(path, import.meta.url);
  const names = readdirSync(folder).filter((name) => name.endsWith(".json")).sort();
  return names.map((name) => ({ name, text: readFileSync(new URL(name, folder), "utf8") }));
}
