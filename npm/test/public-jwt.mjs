// Node: `node public-jwt.mjs JS MODULE CASES` runs the public vectors of tokens through the WebAssembly of the package in
// the folder JS, which checks signatures itself, and through that in the folder MODULE, which can do so without a token.

import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { runPublic } from "./run-public-jwt.js";

const [js, module, folder] = process.argv.slice(2);
const load = (...path) => import(pathToFileURL(join(...path)).href);
const api = await load(js, "jwt-node.mjs");
if (api.backend !== "wasm") throw new Error("not WebAssembly");
const [{ glue }, { wasmBackend }] = [await load(module, "edgewarden_vectors_full.js"), await load(js, "instance.js")];
const { RawCheck } = wasmBackend(glue, () => readFileSync(join(module, "edgewarden_vectors_full_bg.wasm"))).backend.start();

const names = readdirSync(folder).filter((name) => name.endsWith(".json")).sort();
const files = names.map((name) => ({ name, text: readFileSync(join(folder, name), "utf8") }));
const rows = await runPublic(
  {
    api,
    RawCheck,
    isValid: (check) => check.verify(),
    verify: (verifier, ...rest) => verifier.verifySync(...rest),
    verifyProof: (verifier, ...rest) => verifier.verifyProof(...rest),
  },
  files,
);
console.log(`VERDICTS ${JSON.stringify(rows)}`);
