// An issuer for tests: keys made on the spot, and tokens that they sign.

import { constants, createHash, generateKeyPairSync, sign } from "node:crypto";
import { readFileSync } from "node:fs";
import { urlOf } from "./package.mjs";

export const ISSUER = "https://issuer.example";
export const AUDIENCE = "https://api.example";
export const POLICY = { issuer: ISSUER, audiences: [AUDIENCE], algorithms: ["RS256", "ES256", "EdDSA"] };

/** An entry for browsers, which takes its module from wherever it is told. */
export async function entry(name) {
  const api = await import(urlOf(`js/${name}-web.js`));
  api.initSync(readFileSync(new URL(urlOf(`js/edgewarden_${name.replace("-", "_")}_bg.wasm`))));
  return api;
}

const SIGNERS = {
  RS: (bits, key) => (data) => sign(`sha${bits}`, data, { key, padding: constants.RSA_PKCS1_PADDING }),
  PS: (bits, key, saltLength = bits / 8) => (data) => sign(`sha${bits}`, data, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength }),
  ES: (bits, key) => (data) => sign(`sha${bits}`, data, { key, dsaEncoding: "ieee-p1363" }),
  Ed: (_, key) => (data) => sign(null, data, key),
};

/** A key of an algorithm: its JWK, and what signs with it. */
export function keyOf(algorithm, kid, more = {}) {
  const [family, bits] = [algorithm.slice(0, 2), Number(algorithm.slice(2))];
  const { publicKey, privateKey } = {
    RS: () => generateKeyPairSync("rsa", { modulusLength: 2048 }),
    PS: () => generateKeyPairSync("rsa", { modulusLength: 2048 }),
    ES: () => generateKeyPairSync("ec", { namedCurve: bits === 256 ? "P-256" : "P-384" }),
    Ed: () => generateKeyPairSync("ed25519"),
  }[family]();
  const signer = SIGNERS[family](bits, privateKey, more.saltLength);
  return { algorithm, kid, jwk: { ...publicKey.export({ format: "jwk" }), kid }, signer };
}

/** A good token of a key, with other claims or header parameters. */
export function tokenOf(key, now, claims = {}, header = {}) {
  const seconds = Math.floor(now / 1000);
  const all = { iss: ISSUER, aud: AUDIENCE, exp: seconds + 3600, sub: "ada", ...claims };
  return signed(key, { alg: key.algorithm, kid: key.kid, ...header }, all);
}

export function signed(key, header, claims) {
  const input = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
  return `${input}.${key.signer(Buffer.from(input)).toString("base64url")}`;
}

/** A proof of possession (RFC 9449) of a key for a request. */
export function proofOf(key, now, { method, url, accessToken }, claims = {}) {
  const { kid, ...jwk } = key.jwk;
  const ath = accessToken && createHash("sha256").update(accessToken).digest("base64url");
  const all = { jti: "1", htm: method, htu: url, iat: Math.floor(now / 1000), ath, ...claims };
  return signed(key, { typ: "dpop+jwt", alg: key.algorithm, jwk }, all);
}

/** The key set of some keys. */
export const setOf = (...keys) => ({ keys: keys.map((key) => key.jwk) });
