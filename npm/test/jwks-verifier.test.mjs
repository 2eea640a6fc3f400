// JwksVerifier with a simulated clock and a simulated network: each test says what happened, and what was fetched.

import assert from "node:assert/strict";
import { test } from "node:test";
import { ISSUER, POLICY, entry, keyOf, setOf, tokenOf } from "./tokens.mjs";

const START = 1_800_000_000_000;
const entries = { "by the engine": await entry("jwt"), "by the module": await entry("jwt-full") };
const [one, two, evil] = [keyOf("ES256", "a"), keyOf("ES256", "b"), keyOf("ES256", "a")];
const URI = "https://issuer.example/keys";

/** Lets everything that can go on do so; WebCrypto works on other threads. */
async function settle() {
  for (let i = 0; i < 12; i++) await new Promise(setImmediate);
  await new Promise((done) => realTimeout(done, 3));
}

const realTimeout = setTimeout;

/** A clock and an issuer that a test commands. */
function world(t) {
  t.mock.timers.enable({ apis: ["setTimeout", "Date"], now: START });
  const network = {
    /** What the endpoint answers: a response, or a function of the request. */
    answer: () => json(setOf(one)),
    requests: [],
    delayMs: 0,
  };
  network.fetch = async (url, init) => {
    network.requests.push({ url, ...init, at: Date.now() });
    const { answer, delayMs } = network;
    if (delayMs > 0) {
      await new Promise((resolve, reject) => {
        setTimeout(resolve, delayMs);
        init.signal.addEventListener("abort", () => reject(init.signal.reason));
      });
    }
    return answer(url, init);
  };
  /** Lets time pass, in steps in which others may act. */
  const pass = async (milliseconds, stepMs = 100) => {
    await settle();
    for (let left = milliseconds; left > 0; left -= stepMs) {
      t.mock.timers.tick(Math.min(left, stepMs));
      await settle();
    }
  };
  /** Jumps; nothing is waiting. */
  const jump = (milliseconds) => t.mock.timers.tick(milliseconds);
  return { network, pass, jump };
}

function json(body, headers = {}, status = 200) {
  return new Response(body === null ? null : JSON.stringify(body), { status, headers });
}

/** What becomes of a call. */
const outcome = (promise) => promise.then((token) => token.keyThumbprint && "verified", (error) => (error.name === "AbortError" ? error.name : error.code));

for (const [name, api] of Object.entries(entries)) {
  const make = (network, more) => new api.JwksVerifier({ ...POLICY, jwksUri: URI, fetch: network.fetch, ...more });
  const simulated = (what, run) => test(`${name}: ${what}`, (t) => run(world(t), t));

  simulated("keys are fetched once, and the token is kept", async ({ network, pass }) => {
    const verifier = make(network);
    const token = tokenOf(one, START);
    assert.equal((await verifier.verify(token)).subject, "ada");
    const again = await verifier.verify(token);
    assert.deepEqual([again.subject, again.keyGeneration], ["ada", 1]);
    assert.equal(network.requests.length, 1);
    const { url, headers, redirect, method } = network.requests[0];
    assert.deepEqual([url, method, redirect], [URI, "GET", "manual"]);
    assert.deepEqual(headers, { accept: "application/jwk-set+json, application/json" });
    assert.deepEqual([verifier.issuer, verifier.state()], [ISSUER, "fresh"]);
    assert.deepEqual([verifier.forget(token), verifier.forget(token)], [true, false]);
    assert.equal((await verifier.verify(token)).subject, "ada");
    await pass(3_700_000, 3_700_000);
    await assert.rejects(verifier.verify(token), { code: "token_expired", httpStatus: 401 });
  });

  simulated("nonsense fetches nothing", async ({ network }) => {
    const verifier = make(network);
    for (const token of ["", "a.b.c", tokenOf(one, START, { iss: "https://evil.example" }), tokenOf(one, START, { exp: 1 })]) {
      await assert.rejects(verifier.verify(token), (error) => error instanceof api.VerifyError);
    }
    assert.equal(network.requests.length, 0);
  });

  simulated("an outage is none of those whose keys are here", async ({ network, jump }) => {
    const verifier = make(network);
    const far = { exp: START / 1000 + 500_000 };
    await verifier.verify(tokenOf(one, START, far));
    network.answer = () => json({ error: "down" }, {}, 503);
    jump(601_000);
    const before = network.requests.length;
    for (let i = 0; i < 100; i++) assert.equal(await outcome(verifier.verify(tokenOf(one, START, { ...far, jti: String(i) }))), "verified");
    await settle();
    assert.equal(network.requests.length - before, 1, "one refresh, then a pause");
    // The pause doubles up to five minutes.
    for (let i = 0; i < 30; i++) {
      jump(10_000);
      assert.equal(await outcome(verifier.verify(tokenOf(one, START, far))), "verified");
      await settle();
    }
    assert.ok(network.requests.length - before <= 8, `${network.requests.length - before}`);
    network.answer = () => json(setOf(one));
    jump(400_000);
    await verifier.verify(tokenOf(one, START, far));
    await settle();
    assert.equal(verifier.state(), "fresh");
    // A day later they are too old.
    network.answer = () => json(null, {}, 500);
    jump(90_000_000);
    const error = await verifier.verify(tokenOf(one, START, far)).catch((e) => e);
    assert.deepEqual([error.code, error.httpStatus, error.retry], ["keys_unavailable", 503, "at"]);
  });

  simulated("without keys every request says so at once, and few of them ask", async ({ network, pass, jump }) => {
    const verifier = make(network);
    network.answer = () => { throw new TypeError("no route"); };
    for (let i = 0; i < 50; i++) {
      const waiting = outcome(verifier.verify(tokenOf(one, START, { jti: String(i) })));
      await pass(200);
      assert.equal(await waiting, "keys_unavailable");
    }
    assert.ok(network.requests.length <= 4, `${network.requests.length}`);
    network.answer = () => json(setOf(one));
    jump(60_000);
    assert.equal(await outcome(verifier.verify(tokenOf(one, START))), "verified");
  });

  simulated("a flood of unknown kids has one fetch for all, and delays no rotation", async ({ network, jump }) => {
    const verifier = make(network);
    await verifier.verify(tokenOf(one, START));
    jump(40_000);
    for (let i = 0; i < 200; i++) {
      assert.equal(await outcome(verifier.verify(tokenOf(evil, START, {}, { kid: `x${i}` }))), "unknown_key");
    }
    assert.equal(network.requests.length, 2);
    jump(31_000);
    network.answer = () => json(setOf(one, two));
    assert.equal(await outcome(verifier.verify(tokenOf(two, START))), "verified");
    assert.equal(network.requests.length, 3);
    assert.equal(await outcome(verifier.verify(tokenOf(one, START))), "verified");
  });

  simulated("a slow endpoint is waited for by each request on its own", async ({ network, pass }) => {
    const verifier = make(network);
    network.delayMs = 700;
    const waiting = Array.from({ length: 20 }, (_, i) => outcome(verifier.verify(tokenOf(one, START, { jti: String(i) }))));
    await pass(600);
    assert.equal(network.requests.length, 2, "two fetch at once, the others wait");
    await pass(400, 50);
    assert.deepEqual(new Set(await Promise.all(waiting)), new Set(["verified"]));
  });

  simulated("a fetch ends before its deadline, whatever fetches, and its failure counts", async ({ network, pass }) => {
    for (const signalled of [true, false]) {
      const verifier = make(network, signalled ? {} : { fetch: () => new Promise(() => {}) });
      network.delayMs = 60_000;
      const waiting = outcome(verifier.verify(tokenOf(one, START)));
      await pass(9_400, 940);
      assert.equal(await Promise.race([waiting, "waiting"]), "waiting");
      await pass(300, 100);
      assert.equal(await waiting, "keys_unavailable");
      const again = await verifier.verify(tokenOf(one, START)).catch((error) => error);
      assert.deepEqual([again.code, again.retry], ["keys_unavailable", "at"], "a pause begins");
    }
  });

  simulated("a request that is given up leaves its fetch to others", async ({ network, pass }) => {
    const kept = [];
    const verifier = make(network, { waitUntil: (work) => kept.push(work) });
    network.delayMs = 300;
    const control = new AbortController();
    const first = outcome(verifier.verify(tokenOf(one, START), { signal: control.signal }));
    await settle();
    control.abort();
    assert.equal(await first, "AbortError");
    assert.equal(kept.length, 1);
    await pass(400, 50);
    await kept[0];
    assert.equal(network.requests[0].signal.reason?.name, "AbortError", "the request itself was over by then");
    assert.equal(await outcome(verifier.verify(tokenOf(one, START))), "verified");
    assert.equal(network.requests.length, 1);
    // One that only waits ends as well, and a spent signal starts nothing.
    const other = make(network);
    const rest = [0, 1].map(() => other.verify(tokenOf(one, START)));
    await settle();
    const waiter = outcome(other.verify(tokenOf(one, START), { signal: AbortSignal.abort() }));
    assert.equal(await waiter, "AbortError");
    const late = new AbortController();
    const third = outcome(other.verify(tokenOf(one, START), { signal: late.signal }));
    await settle();
    late.abort();
    assert.equal(await third, "AbortError");
    await pass(400, 50);
    assert.equal((await Promise.all(rest)).length, 2);
  });

  simulated("a ticket that is lost does not stop the world", async ({ network, pass }) => {
    const verifier = make(network);
    network.fetch = () => new Promise(() => {});
    const lost = make(network);
    const waiting = [0, 1, 2].map(() => outcome(lost.verify(tokenOf(one, START))));
    await pass(10_500, 500);
    assert.deepEqual(await Promise.all(waiting), ["keys_unavailable", "keys_unavailable", "keys_unavailable"]);
    assert.equal(await outcome(verifier.verify(tokenOf(one, START))), "verified");
  });

  simulated("a key that is withdrawn takes its tokens along, those that are kept too", async ({ network, jump }) => {
    const verifier = make(network);
    const token = tokenOf(one, START);
    await verifier.verify(token);
    network.answer = () => json(setOf(two));
    jump(601_000);
    assert.equal(await outcome(verifier.verify(token)), "verified", "the stale set serves while it is refreshed");
    await settle();
    assert.equal(await outcome(verifier.verify(token)), "unknown_key");
    assert.equal(await outcome(verifier.verify(tokenOf(two, START))), "verified");
  });

  simulated("a key changed under its name is fetched beside the refusal", async ({ network, jump }) => {
    const verifier = make(network);
    await verifier.verify(tokenOf(one, START));
    network.answer = () => json(setOf(evil));
    jump(60_000);
    const token = tokenOf(evil, START);
    const error = await verifier.verify(token).catch((e) => e);
    assert.deepEqual([error.code, error.retry], ["bad_signature", "after_refresh"]);
    await settle();
    assert.equal(network.requests.length, 2);
    assert.equal(await outcome(verifier.verify(token)), "verified");
    // Bad signatures alone are no reason to fetch all the time.
    for (let i = 0; i < 50; i++) await outcome(verifier.verify(tokenOf(one, START, { jti: String(i) })));
    await settle();
    assert.equal(network.requests.length, 2);
  });

  simulated("what has not changed is not sent again", async ({ network, jump }) => {
    const verifier = make(network);
    network.answer = () => json(setOf(one), { etag: '"v1"', "cache-control": "public, max-age=400", age: "100" });
    await verifier.verify(tokenOf(one, START));
    network.answer = () => json(null, { "cache-control": "max-age=1000" }, 304);
    jump(299_000);
    await verifier.verify(tokenOf(one, START));
    assert.equal(network.requests.length, 1, "fresh for max-age less Age");
    jump(2_000);
    await verifier.verify(tokenOf(one, START));
    await settle();
    assert.equal(network.requests[1].headers["if-none-match"], '"v1"');
    assert.equal(verifier.state(), "fresh");
    jump(999_000);
    await verifier.verify(tokenOf(one, START));
    assert.equal(network.requests.length, 2);
  });

  simulated("whatever is no key set is a failure", async ({ network, jump }) => {
    const verifier = make(network);
    await verifier.verify(tokenOf(one, START));
    for (const answer of [
      () => new Response("<html>", { status: 200 }),
      () => json({ keys: [] }),
      () => json({ keys: "none" }),
      () => json(setOf(evil), { location: "https://evil.example/" }, 302),
      () => json(setOf(evil), {}, 201),
      () => new Response(`{"keys":[${" ".repeat(300_000)}]}`),
      () => ({ status: 200, headers: new Headers(), body: null }),
      () => null,
    ]) {
      network.answer = answer;
      jump(700_000);
      assert.equal(await outcome(verifier.verify(tokenOf(one, Date.now()))), "verified");
      await settle();
      assert.equal(await outcome(verifier.verify(tokenOf(evil, Date.now()))), "bad_signature");
    }
  });

  simulated("a time that is handed in goes on from there", async ({ network, pass }) => {
    const verifier = make(network);
    network.delayMs = 100;
    const waiting = verifier.verify(tokenOf(one, START + 1e9), { now: START + 1e9, entropy: 5 });
    await pass(200, 50);
    assert.equal((await waiting).subject, "ada");
    assert.equal(verifier.state({ now: START + 1e9 }), "fresh");
  });

  simulated("another isolate starts from a snapshot", async ({ network, pass }) => {
    const snapshotKey = crypto.getRandomValues(new Uint8Array(32));
    const stored = [];
    const store = { load: async () => stored.at(-1), save: async (bytes) => void stored.push(bytes) };
    const kept = [];
    const options = { snapshotStore: store, snapshotKey, waitUntil: (work) => kept.push(work) };
    assert.equal(await outcome(make(network, options).verify(tokenOf(one, START))), "verified");
    await Promise.all(kept);
    assert.deepEqual([stored.length, network.requests.length], [1, 1]);
    assert.equal(await outcome(make(network, options).verify(tokenOf(one, START))), "verified");
    assert.equal(network.requests.length, 1, "no fetch");
    // Another key, nothing there, a store that fails or takes its time: the issuer is asked.
    for (const [i, other] of [
      { snapshotKey: new Uint8Array(32) },
      { snapshotStore: { ...store, load: async () => undefined } },
      { snapshotStore: { ...store, load: async () => { throw new Error("down"); } } },
      { snapshotStore: { ...store, load: () => { throw new Error("down"); } } },
      { snapshotStore: { ...store, load: () => new Promise(() => {}) } },
      { snapshotStore: { ...store, save: async () => { throw new Error("full"); } }, snapshotKey: new Uint8Array(32).fill(1) },
    ].entries()) {
      const verifier = make(network, { ...options, ...other });
      const waiting = [0, 1].map(() => outcome(verifier.verify(tokenOf(one, START))));
      await pass(100, 10);
      assert.deepEqual(await Promise.all(waiting), ["verified", "verified"]);
      assert.ok(network.requests.length > i + 1, `${i}`);
    }
    await Promise.all(kept);
    // By hand.
    const from = make(network);
    await from.verify(tokenOf(one, START));
    const to = make(network);
    assert.equal(to.restore(from.snapshot(snapshotKey), snapshotKey), 1);
    assert.equal(to.state(), "fresh");
  });

  simulated("what a trap took is there again", async ({ network, pass }) => {
    const verifier = make(network);
    assert.equal(await outcome(verifier.verify(tokenOf(one, START))), "verified");
    network.delayMs = 100;
    assert.throws(() => api.panicProbe(), { code: "internal" });
    const waiting = outcome(verifier.verify(tokenOf(one, START)));
    await settle();
    // The instance goes while a fetch is under way; its ticket went with it, and the next call fetches anew.
    assert.throws(() => api.panicProbe(), { code: "internal" });
    await pass(400, 50);
    assert.equal(await waiting, "verified");
    verifier.close();
    assert.equal(await outcome(verifier.verify(tokenOf(one, START))), "closed");
  });

  test(`${name}: options are held to what they may be`, () => {
    const base = { ...POLICY, jwksUri: URI };
    const store = { load() {}, save() {} };
    for (const [more, code, field] of [
      [{ jwksUri: undefined }, "invalid_option", "jwksUri"],
      [{ jwksUri: "keys.json" }, "invalid_option", "jwksUri"],
      [{ jwksUri: "http://issuer.example/keys" }, "invalid_option", "jwksUri"],
      [{ jwksUri: "http://localhost.evil.example/keys" }, "invalid_option", "jwksUri"],
      [{ jwksUri: "file:///etc/keys" }, "invalid_option", "jwksUri"],
      [{ jwksUri: "https://hush@issuer.example/" }, "invalid_option", "jwksUri"],
      [{ issuer: undefined }, "missing_issuer", "issuer"],
      [{ algorithms: ["HS256"] }, "hmac_needs_secret", "algorithms"],
      [{ sharedSecret: new Uint8Array(64) }, "invalid_option", "sharedSecret"],
      [{ profile: "dpop_proof", issuer: undefined, audiences: undefined }, "not_for_profile", "jwksUri"],
      [{ keyCache: { ttl: 5 } }, "invalid_option", "keyCache.ttl"],
      [{ keyCache: { trust: ["x"] } }, "invalid_option", "keyCache.trust"],
      [{ keyCache: 5 }, "invalid_option", "keyCache"],
      [{ tokenCacheBytes: -1 }, "invalid_option", "tokenCacheBytes"],
      [{ fetch: "hush" }, "invalid_option", "fetch"],
      [{ waitUntil: 5 }, "invalid_option", "waitUntil"],
      [{ snapshotStore: store }, "invalid_option", "snapshotKey"],
      [{ snapshotStore: store, snapshotKey: new Uint8Array(31) }, "invalid_option", "snapshotKey"],
      [{ snapshotKey: new Uint8Array(32) }, "invalid_option", "snapshotKey"],
      [{ snapshotStore: {}, snapshotKey: new Uint8Array(32) }, "invalid_option", "snapshotStore"],
      [{ jwksUrl: URI }, "invalid_option", "jwksUrl"],
    ]) {
      assert.throws(() => new api.JwksVerifier({ ...base, ...more }), (error) => {
        assert.deepEqual([error.code, error.field], [code, field], JSON.stringify(more));
        assert.ok(!error.message.includes("hush"), error.message);
        return true;
      });
    }
    for (const jwksUri of ["http://localhost:8080/k", "http://127.0.0.1/k", "http://[::1]/k", new URL(URI)]) {
      new api.JwksVerifier({ ...base, jwksUri }).close();
    }
  });
}
