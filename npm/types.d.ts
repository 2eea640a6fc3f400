/// <reference lib="esnext.disposable" />

// Edgewarden for JavaScript. The guide is docs/javascript.md of the repository.

/** What to do with a text, from weakest to strongest. */
export type Decision = "allow" | "flag" | "redact" | "block";
export declare const Decision: { readonly Allow: "allow"; readonly Flag: "flag"; readonly Redact: "redact"; readonly Block: "block" };

/** Where a text comes from. */
export type Origin = "system" | "user" | "assistant" | "tool" | "retrieved";
export declare const Origin: {
  readonly System: "system";
  readonly User: "user";
  readonly Assistant: "assistant";
  readonly Tool: "tool";
  readonly Retrieved: "retrieved";
};

/** Which rules run, from fewest to most. */
export type Strictness = "relaxed" | "standard" | "strict" | "paranoid";
export declare const Strictness: {
  readonly Relaxed: "relaxed";
  readonly Standard: "standard";
  readonly Strict: "strict";
  readonly Paranoid: "paranoid";
};

/** Thresholds to start from. */
export type Preset = "relaxed" | "balanced" | "strict";
export declare const Preset: { readonly Relaxed: "relaxed"; readonly Balanced: "balanced"; readonly Strict: "strict" };

/** Harm if a finding is true. */
export type Severity = "low" | "medium" | "high" | "critical";
export declare const Severity: {
  readonly Low: "low";
  readonly Medium: "medium";
  readonly High: "high";
  readonly Critical: "critical";
};

/** How likely a finding is true. */
export type Confidence = "low" | "medium" | "high";
export declare const Confidence: { readonly Low: "low"; readonly Medium: "medium"; readonly High: "high" };

/** Attack classes. */
export type Category = (typeof Category)[keyof typeof Category];
export declare const Category: {
  readonly PromptInjection: "prompt-injection";
  readonly Jailbreak: "jailbreak";
  readonly PromptExtraction: "prompt-extraction";
  readonly Delimiter: "delimiter";
  readonly Obfuscation: "obfuscation";
  readonly Exfiltration: "exfiltration";
  readonly DangerousCommand: "dangerous-command";
  readonly Ssrf: "ssrf";
  readonly Secret: "secret";
  readonly Pii: "pii";
  readonly Canary: "canary";
  readonly Defamation: "defamation";
  readonly Limit: "limit";
};

/** Layers of a scan, in order. */
export type Layer = (typeof Layer)[keyof typeof Layer];
export declare const Layer: {
  readonly Envelope: "envelope";
  readonly Provenance: "provenance";
  readonly Census: "census";
  readonly Hidden: "hidden";
  readonly Canonical: "canonical";
  readonly Peel: "peel";
  readonly Structure: "structure";
  readonly Signature: "signature";
  readonly Fuzzy: "fuzzy";
  readonly Lexical: "lexical";
  readonly Mention: "mention";
  readonly Secret: "secret";
  readonly Pii: "pii";
  readonly Egress: "egress";
  readonly Session: "session";
  readonly Decide: "decide";
};

/** Points of one origin, 0 to 1000; 1001 for never. What is not given keeps the value of the preset. */
export interface Thresholds {
  /** Score from which on the decision is flag. */
  readonly flag?: number;
  /** Score from which on the decision is block. */
  readonly block?: number;
  /** Weight of a secret or personal datum from which on the decision is redact. */
  readonly redact?: number;
}

/** A text that may be found without consequence. */
export interface AllowEntry {
  /** What the whole span of the finding reads, ASCII case aside. */
  readonly text: string;
  /** Only for this rule. */
  readonly ruleId?: string;
  /** Only before this time, in milliseconds since 1970. */
  readonly until?: number;
}

/** Caps of one scan; whole numbers from 0 to 2^53 - 1. */
export interface Limits {
  /** Longest text, in bytes of UTF-8. */
  readonly inputBytes?: number;
  /** Most texts one scan looks at. */
  readonly documents?: number;
  /** Bytes of derived text per byte of input. */
  readonly derivedPerByte?: number;
  /** Bytes of derived text that are always allowed. */
  readonly derivedBytesMin?: number;
  /** Most decoders on top of each other. */
  readonly depth?: number;
  /** Most findings kept. */
  readonly findings?: number;
  /** Steps of work per byte of input. */
  readonly fuelPerByte?: number;
  /** Deepest JSON. */
  readonly jsonDepth?: number;
}

/** Everything a scanner can be told. An unknown member is an error. */
export interface ScannerOptions {
  /** Thresholds to start from. Default: balanced. */
  readonly preset?: Preset;
  /** Which rules run. Default: standard. */
  readonly strictness?: Strictness;
  /** Thresholds that differ from the preset. */
  readonly thresholds?: { readonly [origin in Origin]?: Thresholds };
  /** Layers that do not run. */
  readonly disabledLayers?: readonly Layer[];
  /** Ids of rules that do not run. */
  readonly disabledRules?: readonly string[];
  /** Hosts that links may point to, with their subdomains. */
  readonly allowedHosts?: readonly string[];
  /** Known-good exceptions. */
  readonly allow?: readonly AllowEntry[];
  /** Words planted in prompts. */
  readonly canaries?: readonly string[];
  /** The answer when a limit was hit. Default: block. */
  readonly onLimit?: Decision;
  /** Caps that differ from the defaults. */
  readonly limits?: Limits;
  /** A compiled rule set instead of the built-in one. */
  readonly rules?: Uint8Array;
}

/** What a scan is told about a text. */
export interface ScanOptions {
  /** Where the text comes from. Default: user. */
  readonly origin?: Origin;
  /** Milliseconds since 1970, for exceptions that expire. Default: `Date.now()`. */
  readonly now?: number;
}

/** One detection. */
export interface Finding {
  /** Stable kebab-case rule id. */
  readonly ruleId: string;
  readonly category: Category;
  readonly severity: Severity;
  readonly confidence: Confidence;
  /** Points it adds to the score, 0 to 1000. */
  readonly weight: number;
  /** First UTF-16 code unit; for `scanBytes` the first byte. */
  readonly start: number;
  /** One past the last unit. */
  readonly end: number;
  /** Decoders between the text and what the rule saw, outermost first. */
  readonly chain: readonly string[];
}

/** A finding inside a JSON document. Its offsets count the document. */
export interface JsonFinding extends Finding {
  /** JSON Pointer (RFC 6901) of the string; for a member name the pointer of the member. */
  readonly pointer: string;
}

/** One place that redaction replaces by `[label]`. */
export interface Redaction {
  readonly start: number;
  readonly end: number;
  readonly label: string;
}

/** The answer of a scan: frozen, and free of the text. */
export declare class ScanReport {
  private constructor();
  /** What to do. */
  readonly decision: Decision;
  /** 0 (nothing seen) to 1000. */
  readonly score: number;
  /** What was found, by position, then rule id. */
  readonly findings: readonly Finding[];
  /** What redaction replaces, in order and without overlap. */
  readonly redactions: readonly Redaction[];
  /** Findings beyond the limit, counted but not kept. */
  readonly findingsDropped: number;
  /** Findings that the allow-list took out. */
  readonly findingsAllowed: number;
  /** Revision of the rules that were used. */
  readonly rulesRevision: number;
  /** The text that was scanned, with each redaction replaced by its label. */
  redact(text: string): string;
}

/** The answer of a scan of a JSON document. */
export declare class JsonReport {
  private constructor();
  readonly decision: Decision;
  /** 0 to 1000, over all strings together. */
  readonly score: number;
  /** In document order. */
  readonly findings: readonly JsonFinding[];
  readonly redactions: readonly Redaction[];
  /** Strings scanned. */
  readonly strings: number;
  /** The document that was scanned, redacted; it stays JSON. */
  redact(json: string): string;
}

/** What a rule is, without its patterns. */
export interface RuleInfo {
  readonly id: string;
  readonly category: Category;
  readonly severity: Severity;
  readonly confidence: Confidence;
  /** Lowest level at which the rule runs. */
  readonly strictness: Strictness;
  /** Points it adds to the score. */
  readonly weight: number;
  /** BCP 47 tags of the languages it reads; empty when it depends on none. */
  readonly languages: readonly string[];
}

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
  /**
   * Scans every string of a JSON document.
   * @throws {EdgewardenError} `invalid_json`, `json_too_deep`, `input_too_large`.
   */
  scanJson(json: string, options?: Pick<ScanOptions, "origin">): JsonReport;
  /** Scans one message of a conversation and books it there. */
  scanInSession(text: string, session: SessionState, options?: ScanOptions): ScanReport;
  /** A scanner for a text that is still being written. Default origin: assistant. */
  stream(options?: Pick<ScanOptions, "origin">): StreamScanner;
  /** How the decision comes about, in words; places are in bytes. Holds no text of the caller. */
  explain(text: string, options?: ScanOptions): string;
  /** The rules in force, by id. */
  rules(): RuleInfo[];
  readonly rulesRevision: number;
  /** Frees the memory now instead of when the object is collected. Later calls throw `closed`. */
  close(): void;
  [Symbol.dispose](): void;
}

/** The state of one conversation. */
export declare class SessionState {
  constructor();
  /** @throws {EdgewardenError} `invalid_session`. */
  static fromBytes(bytes: Uint8Array): SessionState;
  /** At most about 4 KiB. They hold the last words of each side: store them like the conversation. */
  toBytes(): Uint8Array;
  /** Messages seen. */
  readonly turns: number;
  /** Decayed risk, 0 to 1000. */
  readonly risk: number;
  close(): void;
  [Symbol.dispose](): void;
}

/** What a push or the end of a stream yields. */
export declare class StreamOutput {
  private constructor();
  /** Text that may go out, credentials and personal data already replaced. Not an own property, so it is not logged. */
  readonly release: string;
  /** New findings; offsets count from the start of the stream. */
  readonly findings: readonly Finding[];
  /** For the stream so far; never becomes weaker. */
  readonly decision: Decision;
  readonly score: number;
}

/** What `StreamScanner.transform` is told. */
export interface TransformOptions {
  /** Called with every output. */
  readonly onOutput?: (output: StreamOutput) => void;
  /** Called once when the text is blocked; the stream then ends in order instead of with an error. */
  readonly onBlock?: (output: StreamOutput) => void;
}

/** A text that is still being written. From `PromptScanner.stream`. */
export declare class StreamScanner {
  private constructor();
  /** Takes the next piece. @throws {EdgewardenError} `closed` after the end. */
  push(piece: string): StreamOutput;
  /** Ends the stream: scans and releases the rest. */
  finish(): StreamOutput;
  readonly decision: Decision;
  readonly score: number;
  /** Everything found so far, with places grown to what was seen since. */
  readonly findings: readonly Finding[];
  /** Bytes of UTF-8 taken but not released yet. */
  readonly heldBytes: number;
  readonly isFinished: boolean;
  /**
   * The scanner as a WHATWG stream: pieces in, released text out. A block ends the stream with an `EdgewardenError`
   * whose `decision` is `"block"`, unless there is `onBlock`.
   */
  transform(options?: TransformOptions): TransformStream<string, string>;
  close(): void;
  [Symbol.dispose](): void;
}

/** Replaces credentials and personal data by stable placeholders under one key. */
export declare class Pseudonymizer {
  /** @throws {EdgewardenError} `invalid_argument` for a key of fewer than 16 bytes. */
  constructor(key: Uint8Array);
  /** Replaces what the report found in the text that was scanned. */
  pseudonymize(text: string, report: ScanReport | JsonReport): Pseudonymized;
  close(): void;
  [Symbol.dispose](): void;
}

/** A pseudonymised text and what is needed to read it again. As secret as the original text. */
export declare class Pseudonymized {
  private constructor();
  /** The text with placeholders. */
  readonly text: string;
  /** Placeholder and value, in order of first appearance. */
  readonly originals: readonly (readonly [placeholder: string, value: string])[];
  /** Puts the originals back into a text that holds placeholders, such as a model's answer. */
  restore(text: string): string;
}

/** The word of a prompt: 24 letters. @throws {EdgewardenError} `invalid_argument` for a key of fewer than 16 bytes. */
export declare function canaryWord(key: Uint8Array, id: string): string;
/** A line with the word, to put into a system prompt. */
export declare function canaryLine(word: string): string;
/** Where a text holds the word or at least half of it, in UTF-16 code units. */
export declare function canaryFind(word: string, text: string): { start: number; end: number } | null;

/** Codes of errors; `errorCatalogue()` says when each is given. */
export type ErrorCode =
  | "invalid_utf8"
  | "invalid_json"
  | "json_too_deep"
  | "input_too_large"
  | "invalid_session"
  | "invalid_thresholds"
  | "invalid_limits"
  | "rule_set_not_recognised"
  | "rule_set_version_unsupported"
  | "rule_set_truncated"
  | "rule_set_inconsistent"
  | "invalid_option"
  | "invalid_argument"
  | "closed"
  | "blocked"
  | "not_initialized"
  | "internal"
  | TokenErrorCode;

/** Codes of refusals; `errorCatalogue()` of `edgewarden/jwt` says when each is given. */
export type VerifyErrorCode =
  | "too_large"
  | "not_jws"
  | "jwe_unsupported"
  | "bad_base64"
  | "bad_json"
  | "duplicate_name"
  | "too_deep"
  | "too_many"
  | "bad_header"
  | "alg_not_allowed"
  | "crit_unsupported"
  | "b64_unsupported"
  | "typ_mismatch"
  | "nested_unsupported"
  | "unknown_key"
  | "ambiguous_key"
  | "alg_key_mismatch"
  | "key_not_usable"
  | "weak_key"
  | "private_key_published"
  | "bad_key"
  | "key_unsupported"
  | "keys_unavailable"
  | "bad_signature_length"
  | "bad_signature"
  | "missing_claim"
  | "bad_claim_type"
  | "claim_mismatch"
  | "token_expired"
  | "token_not_yet_valid"
  | "issued_in_future"
  | "token_too_old"
  | "proof_mismatch";

/** Codes that tokens and their keys add. */
export type TokenErrorCode =
  | VerifyErrorCode
  | "missing_issuer"
  | "missing_audience"
  | "missing_algorithms"
  | "hmac_needs_secret"
  | "not_hmac"
  | "unfit_secret"
  | "not_for_profile"
  | "key_set_too_large"
  | "key_set_not_json"
  | "key_set_too_deep"
  | "key_set_duplicate_name"
  | "not_a_key_set"
  | "too_many_keys"
  | "no_usable_key"
  | "mixed_key_set"
  | "too_many_issuers"
  | "bad_issuer"
  | "unknown_issuer"
  | "ticket_spent"
  | "ticket_superseded"
  | "snapshot_too_large"
  | "not_a_snapshot"
  | "snapshot_unknown_version"
  | "snapshot_authentication_mismatch"
  | "snapshot_not_authentic"
  | "snapshot_malformed";

/** What this package throws. The message holds no text of the caller. */
export declare class EdgewardenError extends Error {
  protected constructor();
  readonly code: ErrorCode;
  /** Where in the input: UTF-16 code units, bytes for `scanBytes`. */
  readonly offset?: number;
  /** Which option or argument, as a path such as `limits.findings`. */
  readonly field?: string;
  /** `"block"` where a blocked text ended a stream. */
  readonly decision?: Decision;
}

/** Whether an error is one of this package, whichever of its copies threw it. */
export declare function isEdgewardenError(error: unknown): error is EdgewardenError;

/** Every code with its meaning. */
export declare function errorCatalogue(): { readonly code: ErrorCode; readonly when: string }[];

/** Version of the library: `major.minor.patch`. */
export declare function version(): string;

/** What runs underneath. */
export declare const backend: "native" | "wasm";

/**
 * Loads the WebAssembly module. Needed once before anything else in browsers (where it is fetched) and with
 * `edgewarden/wasm` outside Node; elsewhere it does nothing. Takes a `WebAssembly.Module`, its bytes, a `Response`, a URL,
 * or a promise of one of them.
 */
export declare function init(source?: object | string): Promise<void>;

/** The same at once, from a `WebAssembly.Module` or its bytes. */
export declare function initSync(source?: object): void;
