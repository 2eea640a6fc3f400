import type { MiddlewareHandler } from "hono";
import type { JsonReport, ScanReport } from "edgewarden";
import type { VerifiedToken } from "edgewarden/jwt";
import type { AnswerOptions, RequestOptions, TokenOptions } from "./middleware.js";

export type { AnswerOptions, AnswerOutcome, BearerVerifier, Delta, RequestOptions, TokenOptions } from "./middleware.js";
export { jsonDelta } from "./middleware.js";

/** What `c.get("edgewarden")` is behind {@link scanRequests}: pass it to `new Hono<{ Variables: ScanVariables }>()`. */
export interface ScanVariables {
  /** The report on the body; `undefined` when there was none. */
  edgewarden?: ScanReport | JsonReport;
}

/** What {@link verifyRequests}, and {@link scanRequests} with a verifier, leave behind. */
export interface TokenVariables {
  /** The verified token. */
  auth: VerifiedToken;
  /** Its claims. */
  jwtPayload: VerifiedToken["claims"];
}

/** Lets no request pass without a token, as `edgewarden/express` does. */
export function verifyRequests(options: TokenOptions<Request>): MiddlewareHandler<{ Variables: TokenVariables }>;

/**
 * Scans the body of each request (JSON, text or a form, at most `limitBytes`) as `edgewarden/express` does. Handlers
 * read the body that was let through.
 */
export function scanRequests(options: RequestOptions<Request>): MiddlewareHandler<{ Variables: ScanVariables }>;

/**
 * Scans every answer of the routes behind it: text and server-sent events as they are written, JSON whole. Binary types
 * pass unseen; compressed text is answered with 500.
 */
export function scanResponses(options: AnswerOptions): MiddlewareHandler;

/** Options of {@link guard}. */
export interface GuardOptions extends RequestOptions<Request> {
  /** How answers are scanned, by default with the same scanner; `false` leaves them alone. */
  answer?: false | Partial<AnswerOptions>;
}

/** Scans requests before and answers after a `fetch` handler. Further arguments (`env`, `ctx`) are passed on. */
export function guard<Rest extends unknown[]>(
  handler: (request: Request, ...rest: Rest) => Response | Promise<Response>,
  options: GuardOptions,
): (request: Request, ...rest: Rest) => Promise<Response>;

/** The report on a request that {@link guard} handed to its handler; `undefined` when it had no body. */
export function reportOf(request: Request): ScanReport | JsonReport | undefined;

/** The verified token of a request that {@link guard} handed to its handler; `undefined` without a verifier. */
export function tokenOf(request: Request): VerifiedToken | undefined;
