import type { IncomingMessage, ServerResponse } from "node:http";
import type { JsonReport, ScanReport } from "edgewarden";
import type { VerifiedToken } from "edgewarden/jwt";
import type { AnswerOptions, RequestOptions, TokenOptions } from "./middleware.js";

export type { AnswerOptions, AnswerOutcome, BearerVerifier, Delta, RequestOptions, TokenOptions } from "./middleware.js";
export { jsonDelta } from "./middleware.js";

/** What {@link scanRequests} leaves on a request that had a body. */
export interface ScannedRequest {
  /** The report on the body; flagged bodies pass with it. */
  edgewarden?: ScanReport | JsonReport;
}

/** What {@link verifyRequests}, and {@link scanRequests} with a verifier, leave on a request. */
export interface VerifiedRequest {
  /** The verified token. */
  auth: VerifiedToken;
}

/** A middleware for Express 4 and 5, Connect and whatever else calls `(req, res, next)` over Node's `http`. */
export type Middleware = (
  req: IncomingMessage & { body?: unknown },
  res: ServerResponse,
  next: (error?: unknown) => void,
) => void;

/**
 * Scans the body of each request: the one a parser such as `express.json()` left in `req.body`, else the one it reads
 * itself (JSON or text, at most `limitBytes`).
 *
 * - `block`: answers 400 with `{"error": "blocked", "findings": [{"ruleId", "category"}]}`.
 * - `redact`: the redacted body takes the place of the original.
 * - `flag` and `allow`: goes on. `req.edgewarden` is the report.
 *
 * A body that cannot be scanned does not pass: 400 (`invalid_json`, `invalid_utf8`, `json_too_deep`), 413
 * (`input_too_large`), 415 (`unsupported_media_type`, `unsupported_content_encoding`, `unsupported_charset`).
 *
 * @throws An error with code `invalid_option` for an option that is unknown or of the wrong kind.
 */
export function scanRequests(options: RequestOptions<IncomingMessage>): Middleware;

/**
 * Lets no request pass without a token in its one `Authorization` header, of the scheme Bearer. `req.auth` is what the token
 * says.
 *
 * - 401 with `{"error": code}` for a token that is refused, and `missing_token` for none.
 * - 403 with `insufficient_scope` where `authorize` does not say `true`.
 * - 503 with `keys_unavailable` where the keys of the issuer cannot be had.
 *
 * `WWW-Authenticate` says the same (RFC 6750 section 3).
 */
export function verifyRequests(options: TokenOptions<IncomingMessage>): Middleware;

/** Scans every answer of the routes behind it, as {@link scanStream} does. */
export function scanResponses(options: AnswerOptions): Middleware;

/**
 * Scans what is written to `res` from now on. Text and server-sent events go out as far as the scanner releases them; a
 * block ends the answer with a notice. JSON is scanned whole: a block is answered with 502. Pictures, sound, archives
 * and other binary types pass unseen; compressed text is answered with 500.
 */
export function scanStream<Response extends ServerResponse>(res: Response, options: AnswerOptions): Response;
