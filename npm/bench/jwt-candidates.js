// What the benchmarks of tokens compare, in Node and in workerd alike: from a token to its claims, each candidate with its
// keys as ready as it can have them.

/**
 * @param {object} api The exports of an entry of the package with tokens.
 * @param {object} jose
 * @param {{ algorithm: string, jwk: object, secret?: string, token: string, issuer: string, audience: string }} signed
 * @returns {Promise<Record<string, () => unknown>>} By name. Each returns the subject, or a promise of it.
 */
export async function candidates(api, jose, { algorithm, jwk, secret, token, issuer, audience }) {
  const options = { issuer, audiences: [audience], algorithms: [algorithm] };
  const bytes = secret === undefined ? undefined : Uint8Array.from(atob(secret), (c) => c.charCodeAt(0));
  const verifier = new api.TokenVerifier(bytes === undefined ? options : { ...options, sharedSecret: bytes });
  const peerKey = bytes === undefined ? await jose.importJWK(jwk, algorithm) : await imported(bytes);
  const peerOptions = { issuer, audience, algorithms: [algorithm] };
  const all = {
    [PEER]: async () => (await jose.jwtVerify(token, peerKey, peerOptions)).payload.sub,
  };
  if (bytes !== undefined) {
    all.verify = async () => (await verifier.verify(token)).claims.sub;
    return all;
  }
  const keys = api.KeySet.fromJwk(jwk);
  all.verify = async () => (await verifier.verify(token, keys)).claims.sub;
  // A cache keeps tokens with their keys: the first comes from the issuer.
  const fetch = async () => new Response(JSON.stringify({ keys: [jwk] }), { headers: { "content-type": "application/json" } });
  const service = new api.JwksVerifier({ ...options, jwksUri: `${issuer}/keys`, fetch });
  await service.verify(token);
  all["cache hit"] = async () => (await service.verify(token)).claims.sub;
  return all;
}

/** A secret that is imported once: given as bytes, jose imports it for each token. */
function imported(bytes) {
  return crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["verify"]);
}

/** Whom the others are compared with. */
export const PEER = "jose";
