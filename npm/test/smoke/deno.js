import * as main from "edgewarden";
import * as scan from "edgewarden/scan";
import { check } from "./check.js";

for (const [name, api] of Object.entries({ main, scan })) console.log(`Deno, ${name}: ${await check(api)}`);
