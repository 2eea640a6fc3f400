// Where a snapshot of a key cache outlives an isolate. A store holds public keys, authenticated by a secret it has not.

import { option } from "../errors.js";

/**
 * A snapshot in a namespace of Workers KV.
 * @param {object} kv
 * @param {string} key
 */
export function kvSnapshotStore(kv, key, { ttlSecs = TTL_SECS } = {}) {
  if (typeof kv?.get !== "function" || typeof kv.put !== "function") throw option("kv", "not a KV namespace");
  requireName("key", key);
  requireTtl(ttlSecs);
  return {
    async load() {
      const bytes = await kv.get(key, "arrayBuffer");
      return bytes === null || bytes === undefined ? undefined : new Uint8Array(bytes);
    },
    async save(bytes) {
      await kv.put(key, bytes, { expirationTtl: ttlSecs });
    },
  };
}

/**
 * A snapshot in a cache of the Cache API, under an address that nothing is fetched from.
 * @param {Cache} cache
 * @param {string} url
 */
export function cacheApiSnapshotStore(cache, url, { ttlSecs = TTL_SECS } = {}) {
  if (typeof cache?.match !== "function" || typeof cache.put !== "function") throw option("cache", "not a Cache");
  requireName("url", url);
  requireTtl(ttlSecs);
  return {
    async load() {
      const response = await cache.match(url);
      return response === undefined ? undefined : new Uint8Array(await response.arrayBuffer());
    },
    async save(bytes) {
      const headers = { "cache-control": `max-age=${ttlSecs}`, "content-type": "application/octet-stream" };
      await cache.put(url, new Response(bytes, { headers }));
    },
  };
}

function requireName(field, name) {
  if (typeof name !== "string" || name === "") throw option(field, "not a name");
}

/** KV keeps nothing for less than a minute. */
function requireTtl(ttlSecs) {
  if (!Number.isSafeInteger(ttlSecs) || ttlSecs < 60) throw option("ttlSecs", "not a whole number from 60");
}

/** The longest `max-age` and `staleSecs` of the defaults: a snapshot is of no use after that. */
const TTL_SECS = 172_800;
