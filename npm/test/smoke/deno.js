import * as main from "edgewarden";
import * as jwt from "edgewarden/jwt";
import * as full from "edgewarden/jwt/full";
import * as scan from "edgewarden/scan";
import { check, checkTokens } from "./check.js";

for (const [name, api] of Object.entries({ main, scan })) console.log(`Deno, ${name}: ${await check(api)}`);
for (const [name, api] of Object.entries({ jwt, full })) console.log(`Deno, tokens ${name}: ${await checkTokens(api)}`);
