// One request for a key set: from an address of the host's, within a limit of bytes and until a deadline.

import { option } from "../errors.js";

/** What a request brought that counts as a failure. */
const FAILED = Object.freeze({ kind: "failed" });

/**
 * The address as a URL. Only `https`, or `http` on this machine: keys that come over an open line are anybody's.
 * @param {string} address
 */
export function checkAddress(address) {
  const field = "jwksUri";
  if (typeof address !== "string" && !(address instanceof URL)) throw option(field, "neither text nor a URL");
  let url;
  try {
    url = new URL(address);
  } catch {
    throw option(field, "not an absolute URL");
  }
  const isHere = /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname);
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isHere)) throw option(field, "neither https nor on this machine");
  if (url.username !== "" || url.password !== "") throw option(field, "holds a user or a password");
  return url.href;
}

/**
 * Makes the one request of a ticket. Never throws: what goes wrong is a failure.
 *
 * @param {{ uri: string, fetch: typeof fetch, limitBytes: number }} source
 * @param {string | undefined} etag
 * @param {number} milliseconds How long it may take.
 * @returns {Promise<{ kind: "fetched", body: Uint8Array, maxAgeSecs?: number, etag?: string }
 *   | { kind: "not_modified", maxAgeSecs?: number } | { kind: "failed" }>}
 */
export async function fetchKeys({ uri, fetch, limitBytes }, etag, milliseconds) {
  const control = new AbortController();
  let timer;
  // A `fetch` of the host's own may not know of signals, so the deadline is not left to it.
  const deadline = new Promise((resolve) => {
    timer = setTimeout(resolve, Math.max(milliseconds, 0), FAILED);
  });
  try {
    return await Promise.race([deadline, request(uri, fetch, limitBytes, etag, control.signal)]);
  } catch {
    return FAILED;
  } finally {
    clearTimeout(timer);
    // Also ends what is still being read.
    control.abort();
  }
}

async function request(uri, fetch, limitBytes, etag, signal) {
  const headers = { accept: "application/jwk-set+json, application/json" };
  if (etag !== undefined) headers["if-none-match"] = etag;
  // A redirect would let another address say which keys are right. `error` is not known to every engine.
  const response = await fetch(uri, { method: "GET", headers, redirect: "manual", signal });
  const maxAgeSecs = maxAge(response.headers);
  if (response.status === 304) return { kind: "not_modified", maxAgeSecs };
  if (response.status !== 200) {
    await response.body?.cancel();
    return FAILED;
  }
  const body = await read(response.body, limitBytes + 1);
  return { kind: "fetched", body, maxAgeSecs, etag: response.headers.get("etag") ?? undefined };
}

/** `max-age` less `Age` (RFC 9111 sections 4.2.1 and 4.2.3). */
export function maxAge(headers) {
  const found = /(?:^|[,\s])max-age\s*=\s*"?(\d{1,15})(?!\d)/i.exec(headers.get("cache-control") ?? "");
  if (found === null) return undefined;
  const age = /^\s*(\d{1,15})\s*$/.exec(headers.get("age") ?? "");
  return Math.max(0, Number(found[1]) - Number(age?.[1] ?? 0));
}

/** The first bytes of a body, at most `most` of them: one too many says that there are too many. */
async function read(body, most) {
  if (body === null || body === undefined) return new Uint8Array(0);
  const reader = body.getReader();
  const chunks = [];
  let size = 0;
  while (size < most) {
    const { done, value } = await reader.read();
    if (done) break;
    chunks.push(value);
    size += value.length;
  }
  if (size >= most) await reader.cancel();
  const bytes = new Uint8Array(Math.min(size, most));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk.subarray(0, most - at), at);
    at += Math.min(chunk.length, most - at);
  }
  return bytes;
}
