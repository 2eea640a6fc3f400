// Snapshots in the stores of workerd itself: Workers KV and the Cache API, as a deployment has them.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import { folder } from "./package.mjs";
import { POLICY, entry, keyOf, setOf, tokenOf } from "./tokens.mjs";

const { Miniflare } = createRequire(join(process.env.EDGEWARDEN_NODE_MODULES, "package.json"))("miniflare");
const key = keyOf("EdDSA", "a");

const WORKER = `
import { JwksVerifier, cacheApiSnapshotStore, kvSnapshotStore } from "./js/jwt-worker.js";

let fetches = 0;
const stores = {
  kv: (env) => kvSnapshotStore(env.KEYS, "edgewarden-keys-1"),
  cache: async () => cacheApiSnapshotStore(await caches.open("edgewarden"), "https://edgewarden.invalid/keys-1"),
};

export default {
  async fetch(request, env, context) {
    const { store, name, token, jwks, policy } = await request.json();
    const verifier = new JwksVerifier({
      ...policy,
      jwksUri: "https://issuer.example/keys",
      fetch: async () => (fetches += 1, jwks === null ? new Response(null, { status: 500 }) : Response.json(jwks)),
      snapshotStore: await stores[store](env),
      snapshotKey: new Uint8Array(32).fill(name),
    });
    const waiting = [];
    const waitUntil = (work) => (waiting.push(work), context.waitUntil(work));
    let outcome;
    try {
      outcome = (await verifier.verify(token, { waitUntil })).subject;
    } catch (error) {
      outcome = error.code;
    }
    // The work after the answer, which the next request of this test needs.
    while (waiting.length > 0) await waiting.shift();
    return Response.json({ outcome, fetches, state: verifier.state() });
  },
};
`;

/** The script and everything it imports, as Miniflare takes them. */
function modules() {
  const all = [{ type: "ESModule", path: join(folder, "worker.js"), contents: WORKER }];
  for (const { type, path, contents } of all) {
    if (type !== "ESModule") continue;
    for (const [, name] of contents.matchAll(/(?:from|import) "(\.[^"]+)"/g)) {
      const file = join(dirname(path), name);
      if (all.some((one) => one.path === file)) continue;
      const isModule = file.endsWith(".wasm");
      all.push({ type: isModule ? "CompiledWasm" : "ESModule", path: file, contents: readFileSync(file, isModule ? undefined : "utf8") });
    }
  }
  return all;
}

const settings = { compatibilityDate: "2026-03-01", cf: false, host: "127.0.0.1", port: 0, kvNamespaces: ["KEYS"] };
const miniflare = new Miniflare({ ...settings, modules: modules(), modulesRoot: folder });
after(() => miniflare.dispose());

for (const [i, store] of ["kv", "cache"].entries()) {
  test(`${store}: what one isolate fetched, another need not`, async () => {
    const ask = async (more) => {
      const body = JSON.stringify({ store, name: i + 1, token: tokenOf(key, Date.now()), policy: POLICY, ...more });
      return (await miniflare.dispatchFetch("http://localhost/", { method: "POST", body })).json();
    };
    const first = await ask({ jwks: setOf(key) });
    assert.deepEqual([first.outcome, first.state], ["ada", "fresh"]);
    const second = await ask({ jwks: null });
    assert.deepEqual(second, { ...first, outcome: "ada" }, "no fetch");
    // What was written under another secret is not read.
    const stranger = await ask({ jwks: null, name: 99 });
    assert.deepEqual([stranger.outcome, stranger.fetches], ["keys_unavailable", first.fetches + 1]);
  });
}

test("names and times are held to what the stores take", async () => {
  const api = await entry("jwt");
  const kv = { get() {}, put() {} };
  const cache = { match() {}, put() {} };
  for (const make of [
    () => api.kvSnapshotStore({}, "a"),
    () => api.kvSnapshotStore(kv, ""),
    () => api.kvSnapshotStore(kv, "a", { ttlSecs: 59 }),
    () => api.cacheApiSnapshotStore({}, "https://a.invalid/"),
    () => api.cacheApiSnapshotStore(cache, 5),
    () => api.cacheApiSnapshotStore(cache, "https://a.invalid/", { ttlSecs: 1.5 }),
  ]) {
    assert.throws(make, { code: "invalid_option" });
  }
  const empty = api.kvSnapshotStore({ ...kv, get: async () => null }, "a");
  assert.equal(await empty.load(), undefined);
  assert.equal(await api.cacheApiSnapshotStore({ ...cache, match: async () => undefined }, "https://a.invalid/").load(), undefined);
});
