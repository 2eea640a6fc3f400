// Runs the public vectors of tokens, as `edgewarden-vectors public` writes them, and holds every verdict against that of
// the core on this machine. Knows no engine: Node and workerd both run this file.

/**
 * @typedef {object} Engine
 * @property {object} api The exports of an entry of the package with tokens.
 * @property {object} RawCheck Form, header, key and range of a signature, from a module with the feature `vectors`.
 * @property {(check: object) => boolean | Promise<boolean>} isValid The check of a signature.
 * @property {(verifier: object, token: string, keys: object, options: object) => object | Promise<object>} verify
 * @property {(verifier: object, proof: string, request: object, options: object) => object | Promise<object>} verifyProof
 */

/**
 * @param {Engine} engine
 * @param {{ name: string, text: string }[]} files
 * @returns {Promise<Record<string, { accepted: number, refused: number, different: string[] }>>} By file.
 */
export async function runPublic(engine, files) {
  const rows = {};
  for (const { text } of files) {
    const { name, cases } = JSON.parse(text);
    const row = { accepted: 0, refused: 0, different: [] };
    for (const test of cases) {
      const verdict = await verdictOf(engine, test);
      if (verdict.startsWith(OK)) row.accepted += 1;
      else row.refused += 1;
      if (verdict !== test.verdict) row.different.push(`${name}: ${test.id}: ${verdict}, not ${test.verdict}`);
    }
    rows[name] = row;
  }
  return rows;
}

/** `ok`, or the code of the first fault; anything else is no verdict and shows as a difference. */
async function verdictOf(engine, test) {
  try {
    if (test.document !== undefined) return document(engine.api, test.document);
    if (test.token !== undefined) return await token(engine, test.token);
    const check = test.jws === undefined ? signature(engine, test.signature) : jws(engine, test.jws);
    const isValid = await engine.isValid(check);
    check.free();
    return isValid ? OK : "bad_signature";
  } catch (error) {
    return error.code ?? error.message ?? String(error);
  }
}

function jws({ RawCheck }, { token, keys, secret }) {
  return RawCheck.ofToken(token, keys, secret);
}

function signature({ RawCheck }, { algorithm, keys, secret, message, signature }) {
  return RawCheck.ofSignature(algorithm, keys, secret, bytesOf(message), bytesOf(signature));
}

async function token(engine, { options, secret, keys, request, text, now }) {
  const { KeySet, TokenVerifier } = engine.api;
  const all = secret === undefined ? options : { ...options, sharedSecret: bytesOf(secret) };
  const verifier = new TokenVerifier(all);
  if (request === undefined) {
    await engine.verify(verifier, text, keys === undefined ? undefined : KeySet.fromJwks(keys), { now });
  } else {
    await engine.verifyProof(verifier, text, request, { now });
  }
  return OK;
}

function document({ KeySet }, { jwk, jwks }) {
  const { keys, refused } = jwk === undefined ? KeySet.fromJwks(jwks) : KeySet.fromJwk(jwk);
  if (keys.length === 0) return refused[0]?.code ?? "no_usable_key";
  return [OK, ...keys.map((key) => key.thumbprint)].join(" ");
}

const OK = "ok";
const bytesOf = (base64url) =>
  Uint8Array.from(atob(base64url.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
