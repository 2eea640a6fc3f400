// Browsers: `await init()` fetches the module that lies beside this file. Scanning alone.

import { createApi } from "./api.js";
import { glue } from "./edgewarden_scan.js";
import { wasmBackend } from "./instance.js";

const wasm = wasmBackend(glue, () => new URL("./edgewarden_scan_bg.wasm", import.meta.url));
const api = createApi({ ...wasm.backend, isScanOnly: true });

export const { init, initSync } = wasm;
export const {
  Category,
  Confidence,
  Decision,
  EdgewardenError,
  Layer,
  Origin,
  Preset,
  PromptScanner,
  ScanReport,
  Severity,
  StreamOutput,
  StreamScanner,
  Strictness,
  backend,
  errorCatalogue,
  isEdgewardenError,
  version,
  panicProbe,
} = api;
