// Browsers: `await init()` fetches the module that lies beside this file. Tokens; the module checks their signatures.

import { glue } from "./edgewarden_jwt_full.js";
import { wasmBackend } from "./instance.js";
import { createJwtApi } from "./jwt/api.js";

const wasm = wasmBackend(glue, () => new URL("./edgewarden_jwt_full_bg.wasm", import.meta.url));
const api = createJwtApi(wasm.backend);

export const { init, initSync } = wasm;
export const {
  EdgewardenError,
  HostCheck,
  JwksVerifier,
  KeyCache,
  KeySet,
  TokenCache,
  TokenVerifier,
  VerifiedToken,
  VerifyError,
  backend,
  cacheApiSnapshotStore,
  challenge,
  checkSignature,
  errorCatalogue,
  isEdgewardenError,
  kvSnapshotStore,
  proofChallenge,
  version,
  panicProbe,
} = api;
