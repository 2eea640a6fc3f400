// Bun: a file import, so that the module follows into bundles and single executables. Scanning alone.

import { readFileSync } from "node:fs";
import path from "./edgewarden_scan_bg.wasm" with { type: "file" };
import { createApi } from "./api.js";
import { glue } from "./edgewarden_scan.js";
import { wasmBackend } from "./instance.js";

const wasm = wasmBackend(glue, () => readFileSync(new URL(path, import.meta.url)));
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
