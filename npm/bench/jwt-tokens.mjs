// Fresh keys, and a token of each, for the benchmarks of tokens: twelve claims, as many identity providers write them.

/** @param {object} jose */
export async function tokens(jose) {
  const all = {};
  for (const algorithm of ["RS256", "ES256", "EdDSA"]) {
    const { publicKey, privateKey } = await jose.generateKeyPair(algorithm, { extractable: true });
    const jwk = { ...(await jose.exportJWK(publicKey)), kid: KID, alg: algorithm, use: "sig" };
    all[algorithm] = { algorithm, jwk, token: await signed(jose, algorithm, privateKey), issuer: ISSUER, audience: AUDIENCE };
  }
  const secret = new Uint8Array(32).fill(0x5a);
  const token = await signed(jose, "HS256", secret);
  all.HS256 = { algorithm: "HS256", secret: Buffer.from(secret).toString("base64"), token, issuer: ISSUER, audience: AUDIENCE };
  return all;
}

function signed(jose, algorithm, key) {
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    iss: ISSUER,
    aud: AUDIENCE,
    sub: "auth|64f1c0ffee64f1c0ffee64f1",
    exp: now + 3600,
    nbf: now,
    iat: now,
    jti: "0c6a3f0e-7a52-4f0b-9d57-2b1f6f0f6c11",
    azp: "mobile-client-7",
    scope: "openid profile email chat:read chat:write files:read",
    name: "Alex Example",
    email: "alex@mail.example",
    roles: ["member", "editor", "reviewer"],
  };
  return new jose.SignJWT(claims).setProtectedHeader({ alg: algorithm, kid: KID, typ: "JWT" }).sign(key);
}

const ISSUER = "https://issuer.example/tenants/3f9c1d";
const AUDIENCE = "https://api.example/chat";
const KID = "2026-11-a";
