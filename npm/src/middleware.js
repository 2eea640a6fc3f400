/**
 * What the middlewares for servers share: reading a request's body as text, scanning it, and acting on the decision.
 * Knows no framework and no Node: the scanner decides, this file carries the decision out.
 */
import { isEdgewardenError, option } from "./errors.js";

/** An answer that ends a request: the body could not be scanned, or the scanner blocked it. */
export class Refusal extends Error {
  /**
   * @param {number} status HTTP status
   * @param {{ error: string, findings?: { ruleId: string, category: string }[] }} body what the client is told
   * @param {Record<string, string>} headers beside it
   */
  constructor(status, body, headers = {}) {
    super(body.error);
    this.name = "Refusal";
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

/** Options of a middleware that scans requests, with the defaults filled in. */
export function requestOptions(options) {
  const { scanner, fields, origin = "user", onDecision, redact = true, limitBytes = LIMIT_BYTES } = known(options, [
    "scanner", "fields", "origin", "onDecision", "redact", "limitBytes", ...TOKEN_OPTIONS,
  ]);
  const token = tokenSettings(options);
  requireScanner(scanner);
  if (fields !== undefined && !(Array.isArray(fields) && fields.every((name) => typeof name === "string"))) {
    throw option("fields", "not a list of names");
  }
  if (typeof redact !== "boolean") throw option("redact", "not a boolean");
  requireOrigin(origin);
  requireFunction("onDecision", onDecision);
  requireLimit(limitBytes);
  return { scanner, fields, origin, onDecision, redact, limitBytes, token };
}

/** Options of a middleware that verifies tokens alone, with the defaults filled in. */
export function tokenOptions(options) {
  const settings = tokenSettings(known(options, TOKEN_OPTIONS));
  if (settings === undefined) throw option("verifier", "missing");
  return settings;
}

/** How tokens are verified, if they are. */
function tokenSettings({ verifier, realm, authorize }) {
  if (verifier === undefined) {
    if (realm !== undefined) throw option("realm", "goes together with `verifier`");
    if (authorize !== undefined) throw option("authorize", "goes together with `verifier`");
    return undefined;
  }
  if (typeof verifier?.verify !== "function" || typeof verifier.challenge !== "function") {
    throw option("verifier", "neither a JwksVerifier nor a TokenVerifier");
  }
  if (realm !== undefined && typeof realm !== "string") throw option("realm", "not a string");
  requireFunction("authorize", authorize);
  return { verifier, realm: realm ?? "api", authorize };
}

/**
 * Verifies the token of a request. Throws a {@link Refusal} for one that has none or a wrong one, or may not do this.
 *
 * @param {readonly string[]} headers every `Authorization` of the request
 * @param {(work: Promise<unknown>) => void} [waitUntil] keeps work alive after the answer
 */
export async function checkToken(headers, { verifier, realm, authorize }, request, waitUntil) {
  const token = headers.length === 1 ? bearerToken(headers[0]) : undefined;
  if (token === undefined) throw unauthorized(401, "missing_token", verifier.challenge(undefined, realm));
  let verified;
  try {
    // A verifier that fetches takes options; one with a shared secret takes keys in that place, and has its own.
    verified = await (typeof verifier.restore === "function" ? verifier.verify(token, { waitUntil }) : verifier.verify(token));
  } catch (error) {
    const isRefused = isEdgewardenError(error) && (error.httpStatus === 401 || error.httpStatus === 503);
    if (!isRefused) throw error;
    const refusal = unauthorized(error.httpStatus, error.code, verifier.challenge(error, realm));
    if (error.httpStatus === 503 && error.retryAt !== undefined) {
      refusal.headers["retry-after"] = String(Math.max(1, Math.ceil((error.retryAt - Date.now()) / 1000)));
    }
    throw refusal;
  }
  if (authorize !== undefined && (await authorize(verified, request)) !== true) {
    // RFC 6750 section 3.1: the token is right, and not for this.
    const challenge = `${verifier.challenge(undefined, realm)}, error="insufficient_scope"`;
    throw unauthorized(403, "insufficient_scope", challenge);
  }
  return verified;
}

function unauthorized(status, error, challenge) {
  return new Refusal(status, { error }, { "www-authenticate": challenge });
}

/** The token of the scheme Bearer. Whether it is well formed is for the verifier to say. */
function bearerToken(header) {
  return /^bearer +([^ ]+)$/i.exec(header.trim())?.[1];
}

/**
 * How a body is written: `json`, `form` or `text`.
 *
 * What cannot be read as text cannot be scanned, so it is refused: another type, a compression, a charset that is not
 * UTF-8.
 *
 * @param {(name: string) => string | null | undefined} header
 */
export function bodyKind(header) {
  const kind = typeof header("content-type") === "string" ? textKind(header) : undefined;
  if (kind === undefined || kind === "binary") throw new Refusal(415, { error: "unsupported_media_type" });
  return kind;
}

/** `json`, `form`, `events`, `text` or `binary`; without a type it is text. Throws for a compression or charset. */
export function textKind(header) {
  const encoding = (header("content-encoding") ?? "").trim().toLowerCase();
  if (encoding !== "" && encoding !== "identity") throw new Refusal(415, { error: "unsupported_content_encoding" });
  const [type, ...parameters] = (header("content-type") ?? "text/plain").toLowerCase().split(";");
  const charset = parameters.map((p) => /^\s*charset\s*=\s*"?([^"\s]*)"?\s*$/.exec(p)?.[1]).find((name) => name);
  if (charset !== undefined && !UTF8_NAMES.includes(charset)) throw new Refusal(415, { error: "unsupported_charset" });
  const [group, name] = type.trim().split("/");
  if (name === undefined || BINARY_GROUPS.includes(group)) return "binary";
  if (name === "event-stream") return "events";
  if (name === "json" || name.endsWith("+json")) return "json";
  if (name === "x-www-form-urlencoded") return "form";
  return group === "text" || TEXT_NAMES.includes(name) || name.endsWith("+xml") ? "text" : "binary";
}

/** The text of bytes that have to be UTF-8. */
export function decodeBody(bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Refusal(400, { error: "invalid_utf8" });
  }
}

/**
 * Scans a body of that kind and acts on the decision: a block is thrown as a {@link Refusal}, a redacted body takes the
 * place of the original.
 *
 * @returns {{ report: object, text: string, value: unknown }} `value` is what JSON stands for, else the text
 */
export function checkBody(kind, text, options, request) {
  if (kind === "json") return checkJson(text, undefined, options, request);
  const check = kind === "form" ? checkForm : checkText;
  const { report, text: released } = check(text, options, request);
  return { report, text: released, value: released };
}

/**
 * Scans a JSON body. With `fields`, only those members of a top-level object are scanned.
 *
 * @param {string} json the document
 * @param {unknown} [parsed] its value, where a parser has read it already
 * @returns {{ report: object, text: string, value: unknown }}
 */
export function checkJson(json, parsed, options, request) {
  const { scanner, origin, fields } = options;
  const isPart = fields !== undefined;
  const value = isPart && parsed === undefined ? parseJson(json) : parsed;
  const part = isPart ? partOf(value, fields) : undefined;
  // Where only a part counts, what is passed on is written anew, so that a name that stands twice means one thing.
  const document = part === undefined ? json : JSON.stringify(part);
  const report = scanned(() => scanner.scanJson(document, { origin }));
  carryOut(report, options, request);
  const redacted = mustRedact(report, options) ? report.redact(document) : document;
  if (part === undefined) {
    return { report, text: redacted, value: redacted === json && value !== undefined ? value : parseJson(redacted) };
  }
  if (redacted !== document) {
    for (const [name, member] of Object.entries(JSON.parse(redacted))) setOwn(value, name, member);
  }
  return { report, text: JSON.stringify(value), value };
}

/** The JSON form of a value that a parser made. */
export function writeJson(value) {
  try {
    return JSON.stringify(value);
  } catch (error) {
    // The engine's own stack is what a deep document exhausts.
    if (error instanceof RangeError) throw new Refusal(400, { error: "json_too_deep" });
    throw error;
  }
}

/** What a client is told of findings: which rules, never which text. */
export function publicFindings(findings) {
  return findings.map(({ ruleId, category }) => ({ ruleId, category }));
}

/** Options that were given, none of them unknown: a misspelt option must not pass for a default. */
export function known(options, names) {
  if (typeof options !== "object" || options === null) throw option("options", "not an object");
  for (const name of Object.keys(options)) {
    if (!names.includes(name)) throw option(name, "unknown");
  }
  return options;
}

export function requireScanner(scanner) {
  if (typeof scanner?.scan !== "function" || typeof scanner.stream !== "function") {
    throw option("scanner", "not a PromptScanner");
  }
}

export function requireOrigin(origin) {
  if (!ORIGINS.includes(origin)) throw option("origin", "no such name");
}

export function requireFunction(field, value) {
  if (value !== undefined && typeof value !== "function") throw option(field, "not a function");
}

export function requireLimit(limitBytes) {
  if (!Number.isSafeInteger(limitBytes) || limitBytes < 1) throw option("limitBytes", "not a whole number from 1");
}

function checkText(text, options, request) {
  const report = scanned(() => options.scanner.scan(text, { origin: options.origin }));
  carryOut(report, options, request);
  return { report, text: mustRedact(report, options) ? report.redact(text) : text };
}

/** Scans the names and values of a form, which percent signs would hide. */
function checkForm(text, options, request) {
  const pairs = [...new URLSearchParams(text)];
  const chosen = options.fields ? pairs.filter(([name]) => options.fields.includes(name)) : pairs;
  const document = JSON.stringify(chosen);
  const report = scanned(() => options.scanner.scanJson(document, { origin: options.origin }));
  carryOut(report, options, request);
  if (!mustRedact(report, options)) return { report, text };
  const redacted = JSON.parse(report.redact(document));
  const all = options.fields ? pairs.map((pair) => (chosen.includes(pair) ? redacted.shift() : pair)) : redacted;
  return { report, text: new URLSearchParams(all).toString() };
}

function parseJson(json) {
  try {
    return JSON.parse(json);
  } catch {
    throw new Refusal(400, { error: "invalid_json" });
  }
}

/** Runs a scan; what the scanner says about the document becomes an answer, anything else is a fault. */
function scanned(scan) {
  try {
    return scan();
  } catch (error) {
    const status = STATUS_OF_CODE[error?.code];
    throw status === undefined ? error : new Refusal(status, { error: error.code });
  }
}

function carryOut(report, options, request) {
  options.onDecision?.(report, request);
  if (report.decision === "block") {
    throw new Refusal(400, { error: "blocked", findings: publicFindings(report.findings) });
  }
}

function mustRedact(report, options) {
  return options.redact && report.decision === "redact";
}

function partOf(value, fields) {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  return Object.fromEntries(fields.filter((name) => Object.hasOwn(value, name)).map((name) => [name, value[name]]));
}

/** Sets a member even where its name is `__proto__`. */
function setOwn(object, name, value) {
  Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
}

/** Bytes of a body that are read at most, by default. */
export const LIMIT_BYTES = 1 << 20;

const TOKEN_OPTIONS = ["verifier", "realm", "authorize"];
const ORIGINS = ["system", "user", "assistant", "tool", "retrieved"];
const UTF8_NAMES = ["utf-8", "utf8", "us-ascii", "ascii"];
const BINARY_GROUPS = ["image", "audio", "video", "font", "multipart"];
const TEXT_NAMES = ["xml", "javascript", "x-ndjson", "ndjson", "jsonl", "graphql", "yaml", "x-yaml", "toml"];
const STATUS_OF_CODE = { invalid_json: 400, json_too_deep: 400, invalid_utf8: 400, input_too_large: 413 };
