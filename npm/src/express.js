/**
 * Middlewares for Express (and anything else with `(req, res, next)` over Node's `http`): they read, ask the scanner,
 * and act on its decision.
 */
import { answerFilter, answerKind, answerOptions } from "./responses.js";
import {
  Refusal, bodyKind, checkBody, checkJson, checkToken, decodeBody, requestOptions, textKind, tokenOptions, writeJson,
} from "./middleware.js";

export { jsonDelta } from "./responses.js";

/**
 * Scans the body of each request: the one a parser such as `express.json()` left in `req.body`, else the one it reads
 * itself. `req.edgewarden` is the report; a redacted body takes the place of the original. With `verifier`, nothing is
 * read without a token.
 */
export function scanRequests(options) {
  const settings = requestOptions(options);
  return middleware(async (req) => {
    if (settings.token !== undefined) await verifyRequest(req, settings.token);
    return scanRequest(req, settings);
  });
}

/** Lets no request pass without a token; `req.auth` is what it says. */
export function verifyRequests(options) {
  const settings = tokenOptions(options);
  return middleware(async (req) => {
    await verifyRequest(req, settings);
    return true;
  });
}

/** A middleware of a check that resolves to whether the client is still there, or throws a refusal. */
function middleware(check) {
  return function edgewarden(req, res, next) {
    check(req).then(
      (isThere) => isThere && next(),
      (error) => (error instanceof Refusal ? refuse(req, res, error) : next(error)),
    );
  };
}

/** Scans every answer of the routes behind it; see {@link scanStream}. */
export function scanResponses(options) {
  const settings = answerOptions(options);
  return function edgewarden(req, res, next) {
    wrap(res, settings);
    next();
  };
}

/**
 * Scans what is written to `res` from now on and passes on what the scanner releases. A block ends the answer.
 *
 * @returns the same `res`
 */
export function scanStream(res, options) {
  return wrap(res, answerOptions(options));
}

async function verifyRequest(req, settings) {
  // `req.headers` shows the first of two.
  const { rawHeaders } = req;
  const found = rawHeaders.filter((_, i) => i % 2 === 1 && rawHeaders[i - 1].toLowerCase() === "authorization");
  req.auth = await checkToken(found, settings, req);
}

/** Resolves to whether the client is still there. */
async function scanRequest(req, settings) {
  const isParsed = req.body !== undefined && (req.readableDidRead || !hasBody(req));
  if (isParsed) {
    scanParsed(req, settings);
    return true;
  }
  if (!hasBody(req)) return true;
  if (req.readableDidRead) throw new Error("the body was read before, and `req.body` does not hold it");
  // A type or compression that cannot be scanned is refused before anything is read.
  const kind = bodyKind((name) => req.headers[name]);
  if (kind === "form") throw new Refusal(415, { error: "unsupported_media_type" });
  const bytes = await read(req, settings.limitBytes);
  if (bytes === undefined) return false;
  const { report, value } = checkBody(kind, decodeBody(bytes), settings, req);
  take(req, report, value);
  return true;
}

function scanParsed(req, settings) {
  const { body } = req;
  // A parser has undone the compression, and where it made a string, the charset.
  if (typeof body === "string") {
    const kind = textKind((name) => (name === "content-type" ? req.headers[name]?.split(";")[0] : undefined));
    const { report, text } = checkBody(kind, body, settings, req);
    take(req, report, text);
  } else if (body instanceof Uint8Array) {
    const kind = bodyKind((name) => (name === "content-type" ? req.headers[name] : undefined));
    const before = decodeBody(body);
    const { report, text } = checkBody(kind, before, settings, req);
    take(req, report, text === before ? body : Buffer.from(text));
  } else {
    const { report, value } = checkJson(writeJson(body), body, settings, req);
    take(req, report, value);
  }
}

function take(req, report, body) {
  req.edgewarden = report;
  req.body = body;
  // Parsers of body-parser 1 look here whether the body was read.
  req._body = true;
}

function hasBody(req) {
  if (req.headers["transfer-encoding"] !== undefined) return true;
  const length = req.headers["content-length"];
  if (length !== undefined) return length !== "0";
  return req.httpVersionMajor >= 2 && req.stream?.endAfterHeaders === false;
}

/** All bytes of the body, or `undefined` when the client went away. */
function read(req, limitBytes) {
  if (Number(req.headers["content-length"]) > limitBytes) throw new Refusal(413, { error: "input_too_large" });
  return new Promise((resolve, reject) => {
    const chunks = [];
    let size = 0;
    const settle = (settle, value) => {
      for (const [event, listener] of Object.entries(listeners)) req.off(event, listener);
      settle(value);
    };
    const listeners = {
      data(chunk) {
        size += chunk.length;
        if (size > limitBytes) settle(reject, new Refusal(413, { error: "input_too_large" }));
        else chunks.push(Buffer.from(chunk));
      },
      end: () => settle(resolve, Buffer.concat(chunks)),
      error: () => settle(resolve, undefined),
      close: () => settle(resolve, undefined),
    };
    for (const [event, listener] of Object.entries(listeners)) req.on(event, listener);
  });
}

function refuse(req, res, error) {
  if (res.headersSent) return res.destroy();
  const body = refusal(res, error);
  // The rest of a body that was not read is not worth a connection.
  if (error.status !== 400 && hasBody(req)) res.setHeader("connection", "close");
  res.end(body);
}

/** Makes the answer a refusal and returns its body. */
function refusal(res, { status, body, headers }) {
  dropStale(res);
  res.removeHeader("content-encoding");
  res.statusCode = status;
  for (const [name, value] of Object.entries(headers)) res.setHeader(name, value);
  res.setHeader("content-type", "application/json; charset=utf-8");
  return JSON.stringify(body);
}

/** Puts a filter between the handler and the answer. */
function wrap(res, settings) {
  const original = { write: res.write, end: res.end, writeHead: res.writeHead, flushHeaders: res.flushHeaders };
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  let filter;
  // `filtered` until it is known that the answer is not text (`through`) or until it is at its end (`over`).
  let state = "filtered";
  let isPassing = false;

  const pass = (name, ...rest) => {
    isPassing = true;
    try {
      return original[name].apply(res, rest);
    } finally {
      isPassing = false;
    }
  };
  /** Decides on first use how the answer is scanned; false for one that is not. */
  const begin = () => {
    if (filter || state !== "filtered") return state === "filtered";
    const kind = kindOf(res);
    if (kind === "binary") state = "through";
    else {
      filter = answerFilter(kind, settings);
      res.once("close", () => filter.close());
      dropStale(res);
    }
    return state === "filtered";
  };
  /** Runs a step of the filter. A fault ends the answer: what was not scanned does not go out. */
  const guarded = (step) => {
    try {
      return step();
    } catch (error) {
      state = "over";
      if (error instanceof Refusal && !res.headersSent) pass("end", refusal(res, error));
      else res.destroy(error);
      return true;
    }
  };
  const decode = (chunk, encoding) => {
    const bytes = typeof chunk === "string" ? Buffer.from(chunk, encoding) : chunk;
    return decoder.decode(bytes, { stream: true });
  };

  res.write = (chunk, encoding, done) => {
    if (typeof encoding === "function") [encoding, done] = [undefined, encoding];
    return guarded(() => {
      if (!begin()) return state === "through" ? pass("write", chunk, encoding, done) : true;
      const { text, ended } = filter.push(decode(chunk, encoding));
      if (ended) {
        // Whatever the handler still writes goes nowhere.
        state = "over";
        pass("end", text, done);
        return true;
      }
      if (text !== "") return pass("write", text, done);
      if (done) process.nextTick(done);
      return true;
    });
  };
  res.end = (chunk, encoding, done) => {
    if (typeof chunk === "function") [chunk, encoding, done] = [undefined, undefined, chunk];
    else if (typeof encoding === "function") [encoding, done] = [undefined, encoding];
    const isEmpty = chunk === undefined || chunk === null || chunk.length === 0;
    guarded(() => {
      if (isEmpty && !filter && state === "filtered") state = "through";
      if (!begin()) return state === "through" && pass("end", chunk, encoding, done);
      let { text, ended } = filter.push((isEmpty ? "" : decode(chunk, encoding)) + decoder.decode());
      if (!ended) text += filter.finish().text;
      state = "over";
      return pass("end", text, done);
    });
    return res;
  };
  // Headers go out with the first text that is released: until then they can still change.
  res.writeHead = (...rest) => {
    if (isPassing || state !== "filtered") return original.writeHead.apply(res, rest);
    const [status, reason, headers = typeof reason === "object" ? reason : undefined] = rest;
    res.statusCode = status;
    if (typeof reason === "string") res.statusMessage = reason;
    for (const [name, value] of headerPairs(headers)) res.setHeader(name, value);
    return res;
  };
  // A JSON document is scanned whole, and what comes of it decides the status.
  res.flushHeaders = () => guarded(() => (begin() && kindOf(res) === "json") || pass("flushHeaders"));
  return res;
}

function kindOf(res) {
  return answerKind((name) => res.getHeader(name)?.toString());
}

function dropStale(res) {
  if (!res.headersSent) for (const name of STALE_HEADERS) res.removeHeader(name);
}

/** Headers as `writeHead` takes them: an object, a list of pairs, or names and values in turn. */
function headerPairs(headers = {}) {
  if (!Array.isArray(headers)) return Object.entries(headers);
  if (headers.every(Array.isArray)) return headers;
  return headers.flatMap((name, i) => (i % 2 === 0 ? [[name, headers[i + 1]]] : []));
}

/** Headers that describe the answer as it was before it was scanned. */
const STALE_HEADERS = ["content-length", "etag", "accept-ranges"];
