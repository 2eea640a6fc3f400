// workerd: a unit test of the engine that runs all vectors. The files come in as bindings.

import * as fullTokens from "../js/jwt-full-worker.js";
import * as tokens from "../js/jwt-worker.js";
import * as api from "../js/worker.js";
import { runJwtVectors } from "./run-jwt-vectors.js";
import { runVectors } from "./run-vectors.js";

export default {
  async test(_controller, env) {
    const names = Object.keys(env).filter((name) => name.endsWith(".json"));
    const files = names.map((name) => ({ name, text: env[name] }));
    const isOfTokens = ({ name }) => name.startsWith("jwt/");
    const of = runVectors(api, files.filter((file) => !isOfTokens(file)));
    const ofTokens = await runJwtVectors(tokens, files.filter(isOfTokens), fullTokens);
    const faults = [...of.faults, ...ofTokens.faults];
    for (const line of [...ofTokens.notes, ...faults]) console.log(line);
    console.log(`VECTORS ${JSON.stringify({ ...of.counts, ...ofTokens.counts })}`);
    if (faults.length > 0) throw new Error(`${faults.length} vectors do not hold`);
  },
};
