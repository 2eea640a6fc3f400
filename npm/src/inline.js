// Any engine that may compile bytes: the module lies inside the script, nothing is fetched.

import { bytesOfBase64 } from "./base64.js";
import text from "./edgewarden_base64.js";
import { createApi } from "./api.js";
import { glue } from "./edgewarden.js";
import { wasmBackend } from "./instance.js";

const wasm = wasmBackend(glue, () => bytesOfBase64(text));
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
