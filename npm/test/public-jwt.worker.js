// workerd: a unit test of the engine that runs the public vectors of tokens. WebCrypto checks the signatures of public
// keys, WebAssembly those of secrets. The files come in as bindings.

import * as api from "../js/jwt-worker.js";
import { ImportedKeys } from "../js/jwt/webcrypto.js";
import { wasmBackend } from "../js/instance.js";
import { glue } from "../raw/edgewarden_vectors.js";
import module from "../raw/edgewarden_vectors_bg.wasm";
import { runPublic } from "./run-public-jwt.js";

export default {
  async test(_controller, env) {
    const { RawCheck } = wasmBackend(glue, () => module).backend.start();
    const names = Object.keys(env).filter((name) => name.endsWith(".json")).sort();
    const imported = new ImportedKeys();
    const rows = await runPublic(
      {
        api,
        RawCheck,
        isValid(check) {
          const [algorithm, jwk] = [check.algorithm(), check.keyJwk()];
          if (jwk === undefined) return check.verify();
          return imported.verify(algorithm, check.keyThumbprint(), () => jwk, check.signingInput(), check.signature());
        },
        verify: (verifier, ...rest) => verifier.verify(...rest),
        verifyProof: (verifier, ...rest) => verifier.verifyProof(...rest),
      },
      names.map((name) => ({ name, text: env[name] })),
    );
    console.log(`VERDICTS ${JSON.stringify(rows)}`);
  },
};
