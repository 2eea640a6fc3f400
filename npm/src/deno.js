// Deno: the module is imported, which needs no permission.

import source module from "./edgewarden_bg.wasm";
import { createApi } from "./api.js";
import { glue } from "./edgewarden.js";
import { wasmBackend } from "./instance.js";

const wasm = wasmBackend(glue, () => module);
wasm.initSync();
const api = createApi(wasm.backend);

export const { init, initSync } = wasm;
export const {
  Category,
  Confidence,
  Decision,
  EdgewardenError,
  JsonReport,
  Layer,
  Origin,
  Preset,
  PromptScanner,
  Pseudonymized,
  Pseudonymizer,
  ScanReport,
  SessionState,
  Severity,
  StreamOutput,
  StreamScanner,
  Strictness,
  backend,
  canaryFind,
  canaryLine,
  canaryWord,
  errorCatalogue,
  isEdgewardenError,
  version,
  panicProbe,
} = api;
