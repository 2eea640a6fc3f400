// Node: the native addon where it loads, else WebAssembly.

import { readFileSync } from "node:fs";
import { createApi } from "./api.js";
import { glue } from "./edgewarden.js";
import { wasmBackend } from "./instance.js";
import { nativeBackend } from "./native.js";

const wasm = wasmBackend(glue, () => readFileSync(new URL("./edgewarden_bg.wasm", import.meta.url)));
const native = nativeBackend(new URL("../native/", import.meta.url));
const api = createApi(native ?? wasm.backend);

// The addon needs no start.
export const { init, initSync } = native === undefined ? wasm : { init: async () => {}, initSync: () => {} };
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
