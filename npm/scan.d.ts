/// <reference lib="esnext.disposable" />

// Edgewarden for JavaScript, scanning alone. The guide is docs/javascript.md of the repository.

import type { ScanOptions, ScannerOptions, ScanReport, StreamScanner } from "./types.js";

export type {
  AllowEntry,
  ErrorCode,
  Finding,
  Limits,
  Redaction,
  ScanOptions,
  ScannerOptions,
  Thresholds,
  TransformOptions,
} from "./types.js";
export {
  Category,
  Confidence,
  Decision,
  EdgewardenError,
  Layer,
  Origin,
  Preset,
  ScanReport,
  Severity,
  StreamOutput,
  StreamScanner,
  Strictness,
  backend,
  errorCatalogue,
  init,
  initSync,
  isEdgewardenError,
  version,
} from "./types.js";

/** A scanner with its policy and rules. Build one and keep it. */
export declare class PromptScanner {
  /** @throws {EdgewardenError} `invalid_option`, `invalid_thresholds`, `invalid_limits`, codes of rule sets. */
  constructor(options?: ScannerOptions);
  /** Scans a text. Offsets count UTF-16 code units; a surrogate without partner is read as U+FFFD. */
  scan(text: string, options?: ScanOptions): ScanReport;
  /**
   * Scans bytes of UTF-8. Offsets count bytes.
   * @throws {EdgewardenError} `invalid_utf8` with the first byte outside a character.
   */
  scanBytes(bytes: Uint8Array, options?: ScanOptions): ScanReport;
  /** Scans several texts; one report for each, in order. */
  scanBatch(texts: readonly string[], options?: ScanOptions): ScanReport[];
  /** The same away from the event loop, where the backend can; the WebAssembly one cannot. */
  scanBatchAsync(texts: readonly string[], options?: ScanOptions): Promise<ScanReport[]>;
  /** A scanner for a text that is still being written. Default origin: assistant. */
  stream(options?: Pick<ScanOptions, "origin">): StreamScanner;
  readonly rulesRevision: number;
  /** Frees the memory now instead of when the object is collected. Later calls throw `closed`. */
  close(): void;
  [Symbol.dispose](): void;
}
