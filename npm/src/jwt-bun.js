// Bun: a file import, so that the module follows into bundles and single executables. Tokens; WebCrypto checks their signatures.

import { readFileSync } from "node:fs";
import path from "./edgewarden_jwt_bg.wasm" with { type: "file" };
import { glue } from "./edgewarden_jwt.js";
import { wasmBackend } from "./instance.js";
import { createJwtApi } from "./jwt/api.js";

const wasm = wasmBackend(glue, () => readFileSync(new URL(path, import.meta.url)));
const api = createJwtApi({ ...wasm.backend, leavesSignatures: true });

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
