/**
 * Middlewares for Hono, and a wrapper for any `fetch` handler: Web standards only, so it runs in Workers, Deno, Bun and
 * Node.
 */
import { answerFilter, answerKind, answerOptions } from "./responses.js";
import { Refusal, bodyKind, checkBody, checkToken, decodeBody, requestOptions, tokenOptions } from "./middleware.js";

export { jsonDelta } from "./responses.js";

/**
 * Scans the body of each request. `c.get("edgewarden")` is the report; handlers read the body that was let through. With
 * `verifier`, nothing is read without a token.
 */
export function scanRequests(options) {
  const settings = requestOptions(options);
  return async function edgewarden(c, next) {
    try {
      if (settings.token !== undefined) await verifyContext(c, settings.token);
      // A body that an earlier handler read is kept by Hono; it is taken from there.
      const request = c.req.raw.bodyUsed ? new Request(c.req.raw.url, await kept(c)) : c.req.raw;
      const { request: released, report } = await scanRequest(request, settings);
      if (report) {
        c.req.raw = released;
        c.req.bodyCache = {};
        c.set("edgewarden", report);
      }
    } catch (error) {
      return refused(error);
    }
    await next();
  };
}

/** Lets no request pass without a token: `c.get("auth")` is what it says, `c.get("jwtPayload")` its claims. */
export function verifyRequests(options) {
  const settings = tokenOptions(options);
  return async function edgewarden(c, next) {
    try {
      await verifyContext(c, settings);
    } catch (error) {
      return refused(error);
    }
    await next();
  };
}

async function verifyContext(c, settings) {
  const verified = await verifyRequest(c.req.raw, settings, contextOf(c));
  c.set("auth", verified);
  // Where Hono's own middleware has them.
  c.set("jwtPayload", verified.claims);
}

/** The execution context of a worker; elsewhere Hono throws when it is asked for. */
function contextOf(c) {
  try {
    return c.executionCtx;
  } catch {
    return undefined;
  }
}

/** Scans every answer of the routes behind it, streamed or whole. */
export function scanResponses(options) {
  const settings = answerOptions(options);
  return async function edgewarden(c, next) {
    await next();
    const released = await scanResponse(c.res, settings);
    if (released === c.res) return;
    // Hono copies the headers of the answer before; these must not come back.
    c.res = undefined;
    c.res = released;
  };
}

/**
 * A `fetch` handler that scans requests before and answers after the handler it wraps.
 *
 * `answer: false` leaves answers alone; else it holds the options for them. `reportOf(request)` is the report.
 */
export function guard(handler, { answer, ...options }) {
  const settings = requestOptions(options);
  const answerSettings = answer === false ? undefined : answerOptions({ scanner: options.scanner, ...answer });
  return async function guarded(request, ...rest) {
    let scanned;
    try {
      const context = rest.find((one) => typeof one?.waitUntil === "function");
      const verified = settings.token && (await verifyRequest(request, settings.token, context));
      scanned = await scanRequest(request, settings);
      if (verified !== undefined) tokens.set(scanned.request, verified);
    } catch (error) {
      return refused(error);
    }
    const response = await handler(scanned.request, ...rest);
    return answerSettings ? scanResponse(response, answerSettings) : response;
  };
}

/** The report on a request that {@link guard} handed to its handler; `undefined` when it had no body. */
export function reportOf(request) {
  return reports.get(request);
}

/** The verified token of a request that {@link guard} handed to its handler. */
export function tokenOf(request) {
  return tokens.get(request);
}

/** The verified token of a request. Throws a `Refusal`. */
async function verifyRequest(request, settings, context) {
  // Two headers of a name come as one text with a comma, which no token has.
  const header = request.headers.get("authorization");
  const waitUntil = typeof context?.waitUntil === "function" ? (work) => context.waitUntil(work) : undefined;
  return checkToken(header === null ? [] : [header], settings, request, waitUntil);
}

/** The request with the body that was let through. Throws a `Refusal`. */
async function scanRequest(request, settings) {
  const length = request.headers.get("content-length");
  if (request.body === null || request.body === undefined || length === "0") return { request };
  const kind = bodyKind((name) => request.headers.get(name));
  if (Number(length) > settings.limitBytes) throw tooLarge(413);
  const text = decodeBody(await readAll(request.body, settings.limitBytes));
  const checked = checkBody(kind, text, settings, request);
  const headers = new Headers(request.headers);
  headers.delete("content-length");
  const released = new Request(request, { body: checked.text, headers });
  reports.set(released, checked.report);
  return { request: released, report: checked.report };
}

async function kept(c) {
  const { method, headers } = c.req.raw;
  return { method, headers, body: await c.req.arrayBuffer() };
}

async function scanResponse(response, settings) {
  if (response.body === null) return response;
  let kind;
  try {
    kind = answerKind((name) => response.headers.get(name));
    if (kind === "binary") return response;
    const headers = new Headers(response.headers);
    for (const name of STALE_HEADERS) headers.delete(name);
    const { status, statusText } = response;
    const filter = answerFilter(kind, settings);
    if (kind !== "json") return new Response(filtered(response.body, filter), { status, statusText, headers });
    // A document is scanned whole, so that its status can still say what came of it.
    filter.push(new TextDecoder().decode(await readAll(response.body, settings.limitBytes, 502)));
    return new Response(filter.finish().text, { status, statusText, headers });
  } catch (error) {
    return refused(error);
  }
}

/** What a filter lets through of a body. A block, or a reader that went away, stops the source. */
function filtered(body, filter) {
  const reader = body.getReader();
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  const encoder = new TextEncoder();
  const step = async () => {
    const { done, value } = await reader.read();
    let { text, ended } = filter.push(done ? decoder.decode() : decoder.decode(value, { stream: true }));
    if (done && !ended) text += filter.finish().text;
    return { text, isLast: done || ended, isCut: ended && !done };
  };
  return new ReadableStream({
    async pull(controller) {
      try {
        let output;
        do output = await step();
        while (output.text === "" && !output.isLast);
        if (output.text !== "") controller.enqueue(encoder.encode(output.text));
        if (!output.isLast) return;
        controller.close();
        filter.close();
        if (output.isCut) await reader.cancel();
      } catch (error) {
        filter.close();
        controller.error(error);
        await reader.cancel(error).catch(() => {});
      }
    },
    cancel(reason) {
      filter.close();
      return reader.cancel(reason);
    },
  });
}

async function readAll(body, limitBytes, status = 413) {
  const chunks = [];
  let size = 0;
  const reader = body.getReader();
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    size += read.value.length;
    if (size > limitBytes) {
      await reader.cancel().catch(() => {});
      throw tooLarge(status);
    }
    chunks.push(read.value);
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

function tooLarge(status) {
  return new Refusal(status, { error: "input_too_large" });
}

function refused(error) {
  if (!(error instanceof Refusal)) throw error;
  return Response.json(error.body, { status: error.status, headers: error.headers });
}

const reports = new WeakMap();
const tokens = new WeakMap();

/** Headers that describe the answer as it was before it was scanned. */
const STALE_HEADERS = ["content-length", "etag", "accept-ranges"];
