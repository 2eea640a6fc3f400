import { createRequire } from "node:module";
import * as main from "edgewarden";
import * as jwt from "edgewarden/jwt";
import * as full from "edgewarden/jwt/full";
import * as scan from "edgewarden/scan";
import * as wasm from "edgewarden/wasm";
import { check, checkTokens } from "./check.js";

for (const [name, api] of Object.entries({ main, wasm, scan })) console.log(`Node, import ${name}: ${await check(api)}`);
if (createRequire(import.meta.url)("edgewarden").PromptScanner !== main.PromptScanner) throw new Error("two instances of one package");
const inline = await import("edgewarden/inline");
console.log(`Node, import inline: ${await check(inline)}`);
for (const [name, api] of Object.entries({ jwt, full })) console.log(`Node, import ${name}: ${await checkTokens(api)}`);
