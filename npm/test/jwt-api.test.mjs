import assert from "node:assert/strict";
import { inspect } from "node:util";
import { test } from "node:test";
import { AUDIENCE, ISSUER, POLICY, entry, keyOf, proofOf, setOf, tokenOf } from "./tokens.mjs";

const [host, full] = [await entry("jwt"), await entry("jwt-full")];
const entries = { "by the engine": host, "by the module": full };
const NOW = 1_800_000_000_000;
const key = keyOf("ES256", "a");
const secret = new TextEncoder().encode("a secret of the tests that everybody may know");

for (const [name, api] of Object.entries(entries)) {
  const verifier = new api.TokenVerifier(POLICY);
  const keys = api.KeySet.fromJwks(setOf(key));
  const fails = (call, code, field) =>
    assert.throws(call, (error) => {
      assert.ok(error instanceof api.EdgewardenError && api.isEdgewardenError(error), String(error));
      assert.deepEqual([error.code, error.field], [code, field]);
      assert.ok(!error.message.includes("hush"), error.message);
      return true;
    });

  test(`${name}: a token is verified, in one step and in two`, async () => {
    const token = tokenOf(key, NOW, { scope: "read", nested: { a: [1] } });
    const verified = await verifier.verify(token, keys, { now: NOW });
    assert.ok(verified instanceof api.VerifiedToken);
    assert.deepEqual([verified.subject, verified.audience, verified.algorithm], ["ada", [AUDIENCE], "ES256"]);
    assert.deepEqual(verified.claims.nested, { a: [1] });
    assert.equal(verified.expiresAtMs, NOW + 3_600_000);
    assert.equal(verified.notBeforeMs, undefined);
    const check = verifier.begin(token, keys, { now: NOW });
    assert.deepEqual([check.algorithm, check.keyKid, JSON.parse(check.keyJwk).x], ["ES256", "a", key.jwk.x]);
    assert.equal(check.signature.length, 64);
    assert.equal(new TextDecoder().decode(check.signingInput), token.slice(0, token.lastIndexOf(".")));
    assert.equal(check.finish(await api.checkSignature(check), { now: NOW }).claimsJson, verified.claimsJson);
    fails(() => check.finish(true), "closed");
    assert.throws(() => verifier.begin(token, keys, { now: NOW }).finish(false, { now: NOW }), { code: "bad_signature" });
  });

  test(`${name}: the clock is the engine's where no time is given`, async () => {
    await verifier.verify(tokenOf(key, Date.now()), keys);
    await assert.rejects(verifier.verify(tokenOf(key, Date.now() - 7_200_000), keys), { code: "token_expired" });
  });

  test(`${name}: a refusal is an error with a place, and advice`, async () => {
    const error = await verifier.verify(tokenOf(key, NOW, { nbf: NOW / 1000 + 100 }), keys, { now: NOW }).catch((e) => e);
    assert.ok(error instanceof api.VerifyError && error instanceof api.EdgewardenError && error instanceof Error);
    assert.deepEqual({ ...error }, {
      code: "token_not_yet_valid", place: "claim", part: "nbf", retry: "at", retryAt: NOW + 40_000, httpStatus: 401,
      evidence: { kind: "time", found: NOW, expected: NOW + 40_000 },
    });
    assert.equal(error.name, "VerifyError");
    assert.ok(!(new api.EdgewardenError("closed", "x") instanceof api.VerifyError));
    const expected = `Bearer realm="a", error="invalid_token", error_description="claim nbf: token_not_yet_valid"`;
    assert.deepEqual([api.challenge(error, "a"), verifier.challenge(error, "a")], [expected, expected]);
    assert.equal(api.challenge(undefined, "a"), 'Bearer realm="a"');
    fails(() => api.challenge(new Error("hush"), "a"), "invalid_argument", "error");
    fails(() => api.challenge(undefined), "invalid_argument", "realm");
    const asked = api.proofChallenge("missing", { realm: "a", algorithms: ["ES256"] });
    assert.equal(asked, 'DPoP realm="a", algs="ES256"');
  });

  test(`${name}: claims are data, whatever they are called`, async () => {
    const claims = JSON.parse('{"__proto__": {"admin": true}, "constructor": 1}');
    const verified = await verifier.verify(tokenWith(claims), keys, { now: NOW });
    assert.ok(Object.hasOwn(verified.claims, "__proto__"));
    assert.equal(verified.claims.admin, undefined);
    assert.equal({}.admin, undefined);
  });

  test(`${name}: what is printed of a token shows sizes alone`, async () => {
    const verified = await verifier.verify(tokenOf(key, NOW, { sub: "hush" }), keys, { now: NOW });
    for (const shown of [String(verified), inspect(verified), JSON.stringify(verified), inspect({ verified }, { depth: 9 })]) {
      assert.ok(!shown.includes("hush"), shown);
    }
    assert.match(inspect(verified), /^VerifiedToken \{ claims: \d+ units \}$/);
    assert.match(inspect(keys), /^KeySet \{ keys: 1, refused: 0 \}$/);
    const shared = new api.TokenVerifier({ ...POLICY, algorithms: ["HS256"], sharedSecret: secret });
    assert.ok(!inspect(shared, { showHidden: true }).includes("secret of"));
  });

  test(`${name}: a shared secret needs no keys, and no engine`, async () => {
    const mutable = secret.slice();
    const verifier = new api.TokenVerifier({ ...POLICY, algorithms: ["HS256"], sharedSecret: mutable });
    mutable.fill(0);
    const token = await hmac({ alg: "HS256" }, claimsOf());
    assert.equal((await verifier.verify(token, undefined, { now: NOW })).algorithm, "HS256");
    assert.equal((await verifier.verify(token, api.KeySet.fromSecret(secret, { algorithms: ["HS256"] }), { now: NOW })).kid, undefined);
    await assert.rejects(verifier.verify(`${token.slice(0, -4)}AAAA`, null, { now: NOW }), { code: "bad_signature" });
    const check = verifier.begin(token, null, { now: NOW });
    assert.equal(check.keyJwk, null);
    await assert.rejects(api.checkSignature(check), { code: "invalid_argument", field: "check" });
    fails(() => new api.TokenVerifier({ ...POLICY, sharedSecret: "hush" }), "invalid_option", "sharedSecret");
    fails(() => new api.TokenVerifier({ ...POLICY, algorithms: ["HS256"] }), "hmac_needs_secret", "algorithms");
  });

  test(`${name}: arguments of the wrong kind are refused by name`, async () => {
    const token = tokenOf(key, NOW);
    for (const wrong of [undefined, null, 5, {}, new String("hush")]) {
      fails(() => verifier.begin(wrong, keys), "invalid_argument", "token");
      await assert.rejects(verifier.verify(wrong, keys), { code: "invalid_argument", field: "token" });
    }
    for (const wrong of [undefined, null, {}, "hush", [], Object.create(api.KeySet.prototype)]) {
      fails(() => verifier.begin(token, wrong), "invalid_argument", "keys");
    }
    for (const now of [-1, 1.5, NaN, "1", null, 2 ** 53]) fails(() => verifier.begin(token, keys, { now }), "invalid_argument", "now");
    fails(() => verifier.begin(token, keys, { nwo: 1 }), "invalid_option", "nwo");
    fails(() => new api.TokenVerifier({ ...POLICY, isuer: "hush" }), "invalid_option", "isuer");
    fails(() => new api.TokenVerifier(), "invalid_option", "options");
    fails(() => new api.VerifiedToken(), "invalid_argument", "token");
    fails(() => new api.KeySet(), "invalid_argument", "keys");
    fails(() => new api.HostCheck(), "invalid_argument", "check");
    fails(() => api.KeySet.fromJwks(5), "invalid_argument", "jwks");
    fails(() => api.KeySet.fromSecret("hush", { algorithms: [] }), "invalid_argument", "secret");
    fails(() => new api.KeyCache({ ttl: 1 }), "invalid_option", "ttl");
    fails(() => new api.KeyCache().fetched("x", "hush"), "invalid_argument", "body");
    fails(() => new api.KeyCache().keys("x", { plausible: 1 }), "invalid_argument", "plausible");
    fails(() => new api.TokenCache(-1), "invalid_argument", "bytesMax");
    fails(() => verifier.step(token, {}), "invalid_argument", "keyCache");
    fails(() => verifier.begin(token, keys).finish("yes"), "invalid_argument", "valid");
    await assert.rejects(verifier.verifyProof("x"), { code: "invalid_argument", field: "request" });
  });

  test(`${name}: keys are described without their numbers`, () => {
    const set = api.KeySet.fromJwks({ keys: [key.jwk, { kty: "AKP", kid: "b" }] });
    assert.deepEqual(set.keys[0].algorithms, ["ES256"]);
    assert.deepEqual(set.refused, [{ index: 1, kid: "b", code: "key_unsupported" }]);
    assert.equal(set.revision, 0);
    assert.ok(Object.isFrozen(set.keys) && Object.isFrozen(set.keys[0].algorithms));
    assert.equal(api.KeySet.fromJwk(key.jwk).keys.length, 1);
    fails(() => api.KeySet.fromJwk({ kty: "EC" }), "bad_key");
    fails(() => api.KeySet.fromJwks('{"keys": [], "keys": []}'), "key_set_duplicate_name");
  });

  test(`${name}: an explanation tells every fault`, async () => {
    const good = await verifier.explain(tokenOf(key, NOW), keys, { now: NOW });
    assert.ok(good.every((check) => check.outcome === "passed" && Object.isFrozen(check)));
    const bad = await verifier.explain(tokenOf(key, NOW, { aud: "hush", exp: 1 }), keys, { now: NOW });
    const faults = bad.filter((check) => check.outcome === "failed");
    assert.deepEqual(faults.map(({ part, error }) => [part, error.code]), [["aud", "claim_mismatch"], ["exp", "token_expired"]]);
    assert.equal(bad.at(-1).outcome, api === host ? "skipped" : "passed");
    assert.ok(!JSON.stringify(bad).includes("hush"));
    const forged = await verifier.explain(tokenOf({ ...keyOf("ES256", "a") }, NOW), keys, { now: NOW });
    assert.deepEqual(forged.filter((check) => check.outcome === "failed").map((check) => check.error.code), ["bad_signature"]);
    assert.deepEqual(verifier.plausible(tokenOf(key, NOW), { now: NOW }), { kid: "a", algorithm: "ES256" });
  });

  test(`${name}: a proof of possession belongs to one request, one token and one key`, async () => {
    const access = new api.TokenVerifier({ ...POLICY, confirmation: "dpop" });
    const proofs = new api.TokenVerifier({ profile: "dpop_proof", algorithms: ["ES256"] });
    assert.equal(proofs.issuer, null);
    const client = keyOf("ES256");
    const jkt = api.KeySet.fromJwk(client.jwk).keys[0].thumbprint;
    const token = tokenOf(key, NOW, { cnf: { jkt } });
    const verified = await access.verify(token, keys, { now: NOW });
    assert.equal(verified.boundKey, jkt);
    const request = { method: "POST", url: "https://api.example/pay", accessToken: token, verified };
    const proof = proofOf(client, NOW, request);
    for (let i = 0; i < 2; i++) assert.equal((await proofs.verifyProof(proof, request, { now: NOW })).tokenId, "1");
    const check = proofs.beginProof(proof, request, { now: NOW });
    assert.equal(check.finish(await api.checkSignature(check), { now: NOW }).tokenId, "1");
    for (const [code, part, other] of [
      ["proof_mismatch", "htm", { method: "GET" }],
      ["proof_mismatch", "htu", { url: "https://api.example/" }],
      ["missing_claim", "nonce", { nonce: "n" }],
      ["proof_mismatch", "ath", { accessToken: `${token}A` }],
    ]) {
      await assert.rejects(proofs.verifyProof(proof, { ...request, ...other }, { now: NOW }), { code, part });
    }
    const thief = proofOf(keyOf("ES256"), NOW, request);
    await assert.rejects(proofs.verifyProof(thief, request, { now: NOW }), { code: "proof_mismatch", part: "cnf" });
    const half = { ...request, verified: undefined };
    await assert.rejects(proofs.verifyProof(proof, half, { now: NOW }), { code: "invalid_argument", field: "accessToken" });
    const explained = await proofs.explainProof(proof, { ...request, method: "GET" }, { now: NOW });
    assert.equal(explained.find((check) => check.outcome === "failed").part, "htm");
    // A verifier that nobody told of keys of clients does not take such a token.
    await assert.rejects(verifier.verify(token, keys, { now: NOW }), { place: "claim", part: "cnf" });
  });

  test(`${name}: keys and tokens are kept, and instructions come out`, async () => {
    const cache = new api.KeyCache({ trust: [ISSUER] });
    const tokens = new api.TokenCache();
    const token = tokenOf(key, NOW);
    const step = (now = NOW) => verifier.step(token, cache, tokens, { now, entropy: 7 });
    const { kind, ticket } = step();
    assert.deepEqual([kind, ticket.issuer, ticket.deadlineMs, ticket.etag], ["fetch", ISSUER, NOW + 10_000, undefined]);
    const update = cache.fetched(ticket.id, new TextEncoder().encode(JSON.stringify(setOf(key))), { etag: '"1"', maxAgeSecs: 300, now: NOW });
    assert.deepEqual([update.kind, update.added, update.freshUntilMs], ["replaced", 1, NOW + 300_000]);
    fails(() => cache.failed(ticket.id, { now: NOW }), "ticket_spent");
    let verified;
    const answer = step();
    if (api === host) {
      assert.equal(answer.kind, "check");
      verified = answer.check.finish(await api.checkSignature(answer.check), { now: NOW });
      assert.equal(tokens.insert(verifier, token, verified), true);
    } else {
      assert.equal(answer.kind, "verified");
      ({ verified } = answer);
    }
    assert.deepEqual([tokens.size, tokens.bytes > 0, step().kind], [1, true, "verified"]);
    const held = cache.keys(ISSUER, { kid: "a", now: NOW });
    assert.equal(tokens.get(verifier, token, held.keys, { now: NOW }).claimsJson, verified.claimsJson);
    assert.deepEqual([tokens.forget(verifier, token), tokens.forget(verifier, token)], [true, false]);
    tokens.insert(verifier, token, verified);
    assert.equal(tokens.get(verifier, token, api.KeySet.fromJwks({ keys: [] }), { now: NOW }), null);
    assert.equal(verifier.step(token, cache, null, { now: NOW }).kind, api === host ? "check" : "verified");
    assert.deepEqual([cache.state(ISSUER, { now: NOW }), cache.state("x", { now: NOW })], ["fresh", null]);
    assert.deepEqual(cache.issuers, [ISSUER]);
    const macKey = secret.slice(0, 32);
    const stored = cache.snapshot(macKey);
    const other = new api.KeyCache({ trust: [ISSUER] });
    fails(() => other.restore(stored, macKey.map((byte) => byte ^ 1), { now: NOW }), "snapshot_not_authentic");
    assert.equal(other.restore(stored, macKey, { now: NOW }), 1);
    assert.equal(other.keys(ISSUER, { kid: "a", now: NOW + 300_000 }).ticket.etag, '"1"');
    assert.equal(cache.badSignature(ISSUER, { kid: "a", now: NOW + 60_000 }).issuer, ISSUER);
    cache.forget(ISSUER);
    assert.equal(cache.keys(ISSUER, { now: NOW }).kind, "unavailable");
    assert.ok(cache.keys(ISSUER, { now: NOW }).error instanceof api.VerifyError);
  });

  test(`${name}: raw tokens do not pile up`, async () => {
    const tokens = new api.TokenCache();
    const token = tokenOf(key, NOW);
    const first = await verifier.verify(token, keys, { now: NOW });
    for (let i = 0; i < 1024; i++) await verifier.verify(token, keys, { now: NOW });
    // It can be read for ever, and is only no longer taken.
    assert.equal(first.subject, "ada");
    assert.equal(tokens.insert(verifier, token, first), false);
  });

  test(`${name}: closed is closed, and what a trap ends is there again`, async () => {
    const token = tokenOf(key, NOW);
    const cache = new api.KeyCache({ trust: [ISSUER] });
    const check = verifier.begin(token, keys, { now: NOW });
    const verified = await verifier.verify(token, keys, { now: NOW });
    assert.throws(() => api.panicProbe(), { code: "internal" });
    fails(() => check.finish(true, { now: NOW }), "closed");
    fails(() => cache.state(ISSUER), "closed");
    assert.equal(verified.subject, "ada");
    assert.equal((await verifier.verify(token, keys, { now: NOW })).subject, "ada");
    const gone = new api.TokenVerifier(POLICY);
    gone.close();
    gone.close();
    fails(() => gone.begin(token, keys), "closed");
    const shared = new api.TokenVerifier({ ...POLICY, algorithms: ["HS256"], sharedSecret: secret });
    shared.close();
    await assert.rejects(shared.verify("x"), { code: "closed" });
    if (Symbol.dispose !== undefined) assert.equal(typeof keys[Symbol.dispose], "function");
  });

  test(`${name}: a trap while the engine checks is no verdict`, async () => {
    const token = tokenOf(key, NOW);
    const waiting = verifier.verify(token, keys, { now: NOW });
    assert.throws(() => api.panicProbe(), { code: "internal" });
    if (api === host) await assert.rejects(waiting, { code: "closed" });
    else await waiting;
    assert.equal((await verifier.verify(token, keys, { now: NOW })).subject, "ada");
  });
}

test("only what has signature checks of its own verifies at once", () => {
  const keysOf = (api) => api.KeySet.fromJwks(setOf(key));
  assert.equal(new host.TokenVerifier(POLICY).verifySync, undefined);
  const verifier = new full.TokenVerifier(POLICY);
  assert.equal(verifier.verifySync(tokenOf(key, NOW), keysOf(full), { now: NOW }).subject, "ada");
  assert.throws(() => verifier.verifySync(tokenOf(keyOf("ES256", "a"), NOW), keysOf(full), { now: NOW }), { code: "bad_signature" });
});

test("both entries have one policy, and both catalogues", () => {
  const prints = [host, full].map((api) => Buffer.from(new api.TokenVerifier(POLICY).fingerprint).toString("hex"));
  assert.equal(prints[0], prints[1]);
  assert.equal(prints[0].length, 64);
  const codes = host.errorCatalogue().map(({ code }) => code);
  assert.ok(codes.indexOf("invalid_utf8") < codes.indexOf("too_large") && codes.includes("snapshot_malformed"));
  assert.equal(new Set(codes).size, codes.length);
});

function claimsOf() {
  return { iss: ISSUER, aud: AUDIENCE, exp: NOW / 1000 + 60 };
}

/** A token whose claims have names that an object literal would not. */
function tokenWith(more) {
  const claims = `${JSON.stringify(claimsOf()).slice(0, -1)},${JSON.stringify(more).slice(1)}`;
  const input = [JSON.stringify({ alg: "ES256", kid: "a" }), claims].map((part) => Buffer.from(part).toString("base64url")).join(".");
  return `${input}.${key.signer(Buffer.from(input)).toString("base64url")}`;
}

async function hmac(header, claims) {
  const input = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
  const imported = await crypto.subtle.importKey("raw", secret, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return `${input}.${Buffer.from(await crypto.subtle.sign("HMAC", imported, Buffer.from(input))).toString("base64url")}`;
}
