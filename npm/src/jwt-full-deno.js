// Deno: the module is imported, which needs no permission. Tokens; the module checks their signatures.

import source module from "./edgewarden_jwt_full_bg.wasm";
import { glue } from "./edgewarden_jwt_full.js";
import { wasmBackend } from "./instance.js";
import { createJwtApi } from "./jwt/api.js";

const wasm = wasmBackend(glue, () => module);
wasm.initSync();
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
