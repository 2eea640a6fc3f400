// workerd: a unit test of the engine that runs all vectors. The files come in as bindings.

import * as api from "../js/worker.js";
import { runVectors } from "./run-vectors.js";

export default {
  test(_controller, env) {
    const names = Object.keys(env).filter((name) => name.endsWith(".json"));
    const { counts, faults } = runVectors(api, names.map((name) => ({ name, text: env[name] })));
    for (const fault of faults) console.log(fault);
    console.log(`VECTORS ${JSON.stringify(counts)}`);
    if (faults.length > 0) throw new Error(`${faults.length} vectors do not hold`);
  },
};
