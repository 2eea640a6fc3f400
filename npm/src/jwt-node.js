// Node: the native addon where it loads, else WebAssembly. Tokens; both check their signatures.

import { readFileSync } from "node:fs";
import { glue } from "./edgewarden_jwt_full.js";
import { wasmBackend } from "./instance.js";
import { createJwtApi } from "./jwt/api.js";
import { nativeBackend } from "./native.js";

const wasm = wasmBackend(glue, () => readFileSync(new URL("./edgewarden_jwt_full_bg.wasm", import.meta.url)));
const native = nativeBackend(new URL("../native/", import.meta.url));
const api = createJwtApi(native ?? wasm.backend);

// The addon needs no start.
export const { init, initSync } = native === undefined ? wasm : { init: async () => {}, initSync: () => {} };
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
