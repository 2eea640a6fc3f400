import assert from "node:assert/strict";
import { test } from "node:test";
import { POLICY, entry, keyOf, setOf, tokenOf } from "./tokens.mjs";
import { urlOf } from "./package.mjs";

const api = await entry("jwt");
const { ImportedKeys } = await import(urlOf("js/jwt/webcrypto.js"));
const NOW = 1_800_000_000_000;
const ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA"];

const verifierFor = (algorithm, more) => new api.TokenVerifier({ ...POLICY, algorithms: [algorithm], ...more });

for (const algorithm of ALGORITHMS) {
  test(`${algorithm} is checked with its own parameters`, async () => {
    const [key, other] = [keyOf(algorithm, "a"), keyOf(algorithm, "a")];
    const [verifier, keys] = [verifierFor(algorithm), api.KeySet.fromJwks(setOf(key))];
    const good = tokenOf(key, NOW);
    for (let i = 0; i < 2; i++) assert.equal((await verifier.verify(good, keys, { now: NOW })).algorithm, algorithm);
    await assert.rejects(verifier.verify(tokenOf(other, NOW), keys, { now: NOW }), { code: "bad_signature" });
    const [head, payload] = tokenOf(key, NOW, { sub: "eve" }).split(".");
    await assert.rejects(verifier.verify(`${head}.${payload}.${good.split(".")[2]}`, keys, { now: NOW }), { code: "bad_signature" });
  });
}

test("a salt of another length is not one", async () => {
  for (const saltLength of [0, 20, 31, 33]) {
    const key = keyOf("PS256", "a", { saltLength });
    const verdict = verifierFor("PS256").verify(tokenOf(key, NOW), api.KeySet.fromJwks(setOf(key)), { now: NOW });
    await assert.rejects(verdict, { code: "bad_signature" });
  }
});

test("every key that may be tried is", async () => {
  const [one, other, stranger] = [keyOf("ES256", "a"), keyOf("ES256", "b"), keyOf("ES256", "c")];
  const keys = api.KeySet.fromJwks(setOf(one, other));
  const verifier = verifierFor("ES256", { kidlessTries: 2 });
  const without = { kid: undefined };
  assert.equal((await verifier.verify(tokenOf(other, NOW, {}, without), keys, { now: NOW })).kid, undefined);
  await assert.rejects(verifier.verify(tokenOf(stranger, NOW, {}, without), keys, { now: NOW }), { code: "bad_signature" });
});

/** Puts another WebCrypto in the place of the engine's for one test. */
function withSubtle(t, methods) {
  const { subtle } = globalThis.crypto;
  const calls = { importKey: 0, verify: 0 };
  const own = {};
  for (const name of ["importKey", "verify"]) {
    own[name] = (...rest) => {
      calls[name] += 1;
      return methods[name] ? methods[name](subtle, ...rest) : subtle[name](...rest);
    };
  }
  t.mock.getter(globalThis, "crypto", () => (methods.isAbsent ? {} : { subtle: own }));
  return calls;
}

for (const [name, methods] of Object.entries({
  "no algorithm of that name": { importKey: async () => { throw new DOMException("hush", "NotSupportedError"); } },
  "no such check": { verify: async () => { throw new DOMException("hush", "NotSupportedError"); } },
  "no WebCrypto": { isAbsent: true },
})) {
  test(`an engine with ${name} verifies nothing and says so`, async (t) => {
    withSubtle(t, methods);
    const key = keyOf("EdDSA", "a");
    const verdict = verifierFor("EdDSA").verify(tokenOf(key, NOW), api.KeySet.fromJwks(setOf(key)), { now: NOW });
    await assert.rejects(verdict, (error) => {
      assert.ok(error instanceof api.EdgewardenError && !(error instanceof api.VerifyError));
      assert.deepEqual([error.code, error.field], ["invalid_option", "algorithms"]);
      assert.match(error.message, /EdDSA/);
      assert.ok(!error.message.includes("hush"));
      return true;
    });
  });
}

test("anything but true is no", async (t) => {
  const key = keyOf("ES256", "a");
  const keys = api.KeySet.fromJwks(setOf(key));
  for (const answer of [undefined, null, 1, "true", {}]) {
    await t.test(String(answer), async (t) => {
      withSubtle(t, { verify: async () => answer });
      await assert.rejects(verifierFor("ES256").verify(tokenOf(key, NOW), keys, { now: NOW }), { code: "bad_signature" });
    });
  }
});

test("a key is imported once, and no request waits for another's import", async (t) => {
  const waiting = [];
  const calls = withSubtle(t, {
    importKey: (subtle, ...rest) => new Promise((resolve) => waiting.push(() => resolve(subtle.importKey(...rest)))),
  });
  const key = keyOf("ES256", "a");
  const [verifier, keys, token] = [verifierFor("ES256"), api.KeySet.fromJwks(setOf(key)), tokenOf(key, NOW)];
  const [first, second] = [verifier.verify(token, keys, { now: NOW }), verifier.verify(token, keys, { now: NOW })];
  while (waiting.length < 2) await new Promise(setImmediate);
  // The first request is given up; the second comes to its end all the same.
  waiting[1]();
  assert.equal((await second).subject, "ada");
  await verifier.verify(token, keys, { now: NOW });
  assert.deepEqual(calls, { importKey: 2, verify: 2 });
  waiting[0]();
  await first;
});

test("imported keys are bounded, and the last ones used stay", async () => {
  const imported = new ImportedKeys(2);
  const keys = ["a", "b", "c"].map((kid) => keyOf("ES256", kid));
  const imports = { a: 0, b: 0, c: 0 };
  const input = new TextEncoder().encode("input");
  const use = ({ kid, jwk, signer }) => {
    const { kid: _, ...numbers } = jwk;
    const read = () => {
      imports[kid] += 1;
      return JSON.stringify(numbers);
    };
    return imported.verify("ES256", kid, read, input, signer(input));
  };
  for (const i of [0, 1, 0, 2, 0, 1]) assert.equal(await use(keys[i]), true);
  assert.deepEqual([imports, imported.size], [{ a: 1, b: 2, c: 1 }, 2]);
  // Under one thumbprint, another algorithm is another key.
  await assert.rejects(imported.verify("RS256", "a", () => JSON.stringify(keys[0].jwk), input, input), { code: "invalid_option" });
  await assert.rejects(imported.verify("toString", "a", () => "{}", input, input), { code: "invalid_option" });
});
