import type { Finding, JsonReport, Origin, Decision, PromptScanner, ScanReport } from "edgewarden";
import type { VerifiedToken, VerifyError } from "edgewarden/jwt";

/** What verifies tokens: a `JwksVerifier`, or a `TokenVerifier` with a shared secret, of `edgewarden/jwt`. */
export interface BearerVerifier {
  verify(token: string): Promise<VerifiedToken>;
  challenge(error: VerifyError | undefined, realm: string): string;
}

/** How tokens are verified. */
export interface TokenOptions<Request = unknown> {
  /** Verifies the token of `Authorization: Bearer`; a request without a good one is answered with 401. */
  verifier: BearerVerifier;
  /** What the token is for, as the client is told. Default: `api`. */
  realm?: string;
  /** Whether the token may do this; a request for which it is not true is answered with 403. */
  authorize?: (token: VerifiedToken, request: Request) => boolean | Promise<boolean>;
}

/** How requests are scanned, and with `verifier`, how their tokens are verified before. */
export interface RequestOptions<Request = unknown> extends Partial<TokenOptions<Request>> {
  /** Decides. */
  scanner: PromptScanner;
  /** Names of the top-level members of a JSON object (or names of a form) that are scanned. Default: everything. */
  fields?: readonly string[];
  /** Where the text comes from. Default: `user`. */
  origin?: Origin;
  /** Told of every report before it is acted on: for logs and counters. An exception fails the request. */
  onDecision?: (report: ScanReport | JsonReport, request: Request) => void;
  /** Whether a body that is to be redacted is. With `false` it passes as it is. Default: `true`. */
  redact?: boolean;
  /** Longest body that is read, in bytes, from 1. Default: 1 MiB. */
  limitBytes?: number;
}

/** How the text in the data of server-sent events is found and replaced. */
export interface Delta {
  /** The text in the data of an event, `undefined` for an event without one. */
  select: (data: string) => string | undefined;
  /** The data with another text. */
  replace: (data: string, text: string) => string;
}

/** What is told of an answer: a report on a document, or the part of a stream that had findings. */
export interface AnswerOutcome {
  readonly decision: Decision;
  /** 0 to 1000. */
  readonly score: number;
  readonly findings: readonly Finding[];
}

/** How answers are scanned. `select` and `replace` go together. */
export interface AnswerOptions extends Partial<Delta> {
  /** Decides. */
  scanner: PromptScanner;
  /** Where the text comes from. Default: `assistant`. */
  origin?: Origin;
  /** Told of everything found. */
  onDecision?: (outcome: AnswerOutcome) => void;
  /** What a blocked text ends with. Default: `"\n[blocked]\n"`. Events end with an event `error` instead. */
  notice?: string;
  /** Longest JSON document or event, in UTF-16 code units, from 1. Default: 1 MiB. */
  limitBytes?: number;
}

/**
 * For events whose data is JSON with the text at a JSON Pointer (RFC 6901), such as `/choices/0/delta/content`.
 *
 * What stands beside the text is scanned event by event.
 */
export function jsonDelta(pointer: string): Delta;
