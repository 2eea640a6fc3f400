// Node: `node vectors.mjs ENTRY` runs all vectors through an entry of the package.

import { readFileSync, readdirSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { runVectors } from "./run-vectors.js";

const folder = new URL("../../vectors/", import.meta.url);
const names = readdirSync(folder).filter((name) => name.endsWith(".json")).sort();
const files = names.map((name) => ({ name, text: readFileSync(new URL(name, folder), "utf8") }));
const api = await import(pathToFileURL(process.argv[2]).href);
const { counts, faults } = runVectors(api, files);
for (const fault of faults) console.log(fault);
console.log(`VECTORS ${JSON.stringify(counts)}`);
process.exitCode = faults.length === 0 ? 0 : 1;
