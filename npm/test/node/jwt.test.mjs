/** Tokens in servers: the middlewares with a verifier that fetches keys over real HTTP. */
import assert from "node:assert/strict";
import { generateKeyPairSync, sign } from "node:crypto";
import { createRequire } from "node:module";
import { test } from "node:test";
import { getRequestListener } from "@hono/node-server";
import express from "express";
import { Hono } from "hono";
import * as jwt from "edgewarden/jwt";
import * as full from "edgewarden/jwt/full";
import { PromptScanner, backend } from "edgewarden";
import * as ofExpress from "edgewarden/express";
import * as ofHono from "edgewarden/hono";
import { ATTACK, listen, sendPieces } from "./support.mjs";

const { publicKey, privateKey } = generateKeyPairSync("ed25519");
const JWKS = { keys: [{ ...publicKey.export({ format: "jwk" }), kid: "a" }] };
const [ISSUER, AUDIENCE] = ["https://issuer.example", "https://api.example"];
const scanner = new PromptScanner();

function token(claims = {}, header = {}) {
  const all = { iss: ISSUER, aud: AUDIENCE, exp: Math.floor(Date.now() / 1000) + 60, sub: "ada", ...claims };
  const parts = [{ alg: "EdDSA", kid: "a", ...header }, all].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"));
  return [...parts, sign(null, Buffer.from(parts.join(".")), privateKey).toString("base64url")].join(".");
}

/** An endpoint with the keys, and a verifier that fetches them there. */
async function issuer(t, more = {}) {
  const state = { fetches: 0, status: 200 };
  const url = await listen(t, (_, response) => {
    state.fetches += 1;
    response.writeHead(state.status, { "content-type": "application/json" }).end(JSON.stringify(JWKS));
  });
  const options = { issuer: ISSUER, audiences: [AUDIENCE], algorithms: ["EdDSA"], jwksUri: `${url}/keys`, ...more };
  return { state, verifier: new jwt.JwksVerifier(options) };
}

const canWrite = (verified) => String(verified.claims.scope ?? "").split(" ").includes("write");

/** The same service with each framework: reading needs a token, writing a scope too. */
const services = {
  Express: (t, verifier) => {
    const app = express();
    app.use("/read", ofExpress.verifyRequests({ verifier, realm: "orders" }));
    app.use("/write", ofExpress.scanRequests({ scanner, verifier, authorize: canWrite }));
    app.use((req, res) => res.json({ user: req.auth.subject, claims: req.auth.claims.scope ?? null }));
    return listen(t, app);
  },
  Hono: (t, verifier) => {
    const app = new Hono();
    app.use("/read", ofHono.verifyRequests({ verifier, realm: "orders" }));
    app.use("/write", ofHono.scanRequests({ scanner, verifier, authorize: canWrite }));
    app.all("*", (c) => c.json({ user: c.get("auth").subject, claims: c.get("jwtPayload").scope ?? null }));
    return listen(t, getRequestListener(app.fetch));
  },
  fetch: (t, verifier) => {
    const answer = (request) => {
      const verified = ofHono.tokenOf(request);
      return Response.json({ user: verified.subject, claims: verified.claims.scope ?? null });
    };
    const options = { scanner, verifier, answer: false };
    const read = ofHono.guard(answer, { ...options, realm: "orders" });
    const write = ofHono.guard(answer, { ...options, authorize: canWrite });
    return listen(t, getRequestListener((request) => (request.url.endsWith("/read") ? read : write)(request)));
  },
};

async function ask(url, authorization, init = {}) {
  const headers = { ...init.headers, ...(authorization === undefined ? {} : { authorization }) };
  const response = await fetch(url, { ...init, headers });
  return { status: response.status, asked: response.headers.get("www-authenticate"), retry: response.headers.get("retry-after"), body: await response.json() };
}

for (const [name, service] of Object.entries(services)) {
  test(`${name}: a good token passes, once fetched for and once kept`, async (t) => {
    const { state, verifier } = await issuer(t);
    const url = await service(t, verifier);
    const good = token({ scope: "read" });
    for (const scheme of ["Bearer", "bearer", "BEARER "]) {
      assert.deepEqual((await ask(`${url}/read`, `${scheme} ${good}`)).body, { user: "ada", claims: "read" });
    }
    assert.equal(state.fetches, 1);
  });

  test(`${name}: without one token of the scheme Bearer nothing passes`, async (t) => {
    const { verifier } = await issuer(t);
    const url = await service(t, verifier);
    const good = token();
    const [header, payload] = good.split(".");
    for (const [authorization, error, told] of [
      [undefined, "missing_token"],
      ["", "missing_token"],
      ["Bearer", "missing_token"],
      [`Basic ${good}`, "missing_token"],
      [`DPoP ${good}`, "missing_token"],
      [good, "missing_token"],
      [`Bearer ${good} ${good}`, "missing_token"],
      [`Bearer ${good}, Bearer ${good}`, "missing_token"],
      ["Bearer x", "not_jws", "token: not_jws"],
      [`Bearer ${header}.${payload}.${"A".repeat(86)}`, "bad_signature", "signature: bad_signature"],
      [`Bearer ${token({ exp: 1 })}`, "token_expired", "claim exp: token_expired"],
      [`Bearer ${token({ aud: "other" })}`, "claim_mismatch", "claim aud: claim_mismatch"],
    ]) {
      const answer = await ask(`${url}/read`, authorization);
      assert.deepEqual([answer.status, answer.body], [401, { error }], String(authorization).slice(0, 20));
      const why = told === undefined ? "" : `, error="invalid_token", error_description="${told}"`;
      assert.equal(answer.asked, `Bearer realm="orders"${why}`);
    }
    // Two headers of the name, which `fetch` would join.
    const pair = { authorization: `Bearer ${good}`, Authorization: `Bearer ${good}`, "content-length": 0 };
    const two = await sendPieces(`${url}/read`, pair, []);
    assert.match(two, /^HTTP\/1\.1 401 .*missing_token/s);
    const inAddress = await ask(`${url}/read?access_token=${good}`, undefined);
    assert.equal(inAddress.status, 401);
  });

  test(`${name}: a token that is right may still not be enough, and the body is scanned after it`, async (t) => {
    const { verifier } = await issuer(t);
    const url = await service(t, verifier);
    const init = (message) => ({ method: "POST", headers: { "content-type": "text/plain" }, body: message });
    const scope = { scope: "read write" };
    const refused = await ask(`${url}/write`, `Bearer ${token()}`, init("hello"));
    assert.deepEqual([refused.status, refused.body], [403, { error: "insufficient_scope" }]);
    assert.equal(refused.asked, 'Bearer realm="api", error="insufficient_scope"');
    assert.equal((await ask(`${url}/write`, `Bearer ${token(scope)}`, init("hello"))).body.user, "ada");
    const attack = await ask(`${url}/write`, `Bearer ${token(scope)}`, init(ATTACK));
    assert.deepEqual([attack.status, attack.body.error], [400, "blocked"]);
    assert.equal((await ask(`${url}/write`, undefined, init(ATTACK))).status, 401);
  });

  test(`${name}: without keys the server says that it is its own fault`, async (t) => {
    const { state, verifier } = await issuer(t);
    state.status = 500;
    const url = await service(t, verifier);
    const answer = await ask(`${url}/read`, `Bearer ${token()}`);
    assert.deepEqual([answer.status, answer.body], [503, { error: "keys_unavailable" }]);
    assert.ok(Number(answer.retry) >= 1 && Number(answer.retry) <= 10, answer.retry);
  });

  test(`${name}: a shared secret and a verifier of one's own do as well`, async (t) => {
    const sharedSecret = crypto.getRandomValues(new Uint8Array(32));
    const verifier = new jwt.TokenVerifier({ issuer: ISSUER, audiences: [AUDIENCE], algorithms: ["HS256"], sharedSecret });
    const input = token({}, { alg: "HS256", kid: undefined }).split(".").slice(0, 2).join(".");
    const key = await crypto.subtle.importKey("raw", sharedSecret, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
    const mac = Buffer.from(await crypto.subtle.sign("HMAC", key, Buffer.from(input))).toString("base64url");
    const url = await service(t, verifier);
    assert.equal((await ask(`${url}/read`, `Bearer ${input}.${mac}`)).body.user, "ada");
    const broken = await service(t, { verify: async () => { throw new Error("hush"); }, challenge: () => "Bearer" });
    const answer = await fetch(`${broken}/read`, { headers: { authorization: "Bearer x" } });
    assert.equal(answer.status, 500);
  });
}

test("a verifier in a worker keeps its work alive", async (t) => {
  const { verifier } = await issuer(t);
  const kept = [];
  const context = { waitUntil: (work) => kept.push(work), passThroughOnException() {} };
  const app = new Hono();
  app.use(ofHono.verifyRequests({ verifier }));
  app.get("/", (c) => c.text(c.get("auth").subject));
  const request = () => new Request("http://localhost/", { headers: { authorization: `Bearer ${token()}` } });
  assert.equal(await (await app.fetch(request(), {}, context)).text(), "ada");
  assert.equal(kept.length, 1);
  const other = await issuer(t);
  const guarded = ofHono.guard((request) => new Response(ofHono.tokenOf(request).subject), { scanner, verifier: other.verifier });
  assert.equal(await (await guarded(request(), {}, context)).text(), "ada");
  assert.equal(kept.length, 2);
});

test("misspelt and wrong options are refused", () => {
  const verifier = { verify() {}, challenge() {} };
  for (const { scanRequests, verifyRequests } of [ofExpress, ofHono]) {
    for (const make of [
      () => verifyRequests({}),
      () => verifyRequests({ verifier: {} }),
      () => verifyRequests({ verifier, relm: "x" }),
      () => verifyRequests({ verifier, realm: 5 }),
      () => verifyRequests({ verifier, authorize: true }),
      () => verifyRequests({ verifier, scanner }),
      () => scanRequests({ scanner, realm: "x" }),
      () => scanRequests({ scanner, authorize() {} }),
      () => scanRequests({ verifier }),
    ]) {
      assert.throws(make, { code: "invalid_option" });
    }
  }
});

test("import and require reach one instance, whichever entry is asked", () => {
  const require = createRequire(import.meta.url);
  assert.equal(require("edgewarden/jwt").TokenVerifier, jwt.TokenVerifier);
  assert.equal(full.KeySet, jwt.KeySet);
  assert.equal(jwt.backend, backend);
  const verifier = new full.TokenVerifier({ issuer: ISSUER, audiences: [AUDIENCE], algorithms: ["EdDSA"] });
  assert.equal(verifier.verifySync(token(), jwt.KeySet.fromJwks(JWKS)).subject, "ada");
  assert.throws(() => jwt.panicProbe(), { code: "internal" });
  assert.equal(verifier.verifySync(token(), jwt.KeySet.fromJwks(JWKS)).subject, "ada");
});
