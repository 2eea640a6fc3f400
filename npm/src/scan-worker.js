// Workers on workerd: the module is part of the deployment, and the instance starts with the script, where start-up
// time is counted, not in a request. Scanning alone.

import module from "./edgewarden_scan_bg.wasm";
import { createApi } from "./api.js";
import { glue } from "./edgewarden_scan.js";
import { wasmBackend } from "./instance.js";

const wasm = wasmBackend(glue, () => module);
wasm.initSync();
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
