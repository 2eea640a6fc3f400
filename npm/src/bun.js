// Bun: a file import, so that the module follows into bundles and single executables.

import { readFileSync } from "node:fs";
import path from "./edgewarden_bg.wasm" with { type: "file" };
import { createApi } from "./api.js";
import { glue } from "./edgewarden.js";
import { wasmBackend } from "./instance.js";

const wasm = wasmBackend(glue, () => readFileSync(new URL(path, import.meta.url)));
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
