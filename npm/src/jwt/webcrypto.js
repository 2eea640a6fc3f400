// The check of a signature by the engine. Keys are imported once.

import { EdgewardenError } from "../errors.js";

const rsa = (name, bits, more) => ({ key: { name, hash: `SHA-${bits}` }, signature: { name, ...more } });
const ecdsa = (bits) => ({
  key: { name: "ECDSA", namedCurve: `P-${bits}` },
  signature: { name: "ECDSA", hash: `SHA-${bits}` },
});

/** What each algorithm is in WebCrypto (RFC 7518 section 3, RFC 8037 section 3.1). */
const PARAMETERS = {
  RS256: rsa("RSASSA-PKCS1-v1_5", 256),
  RS384: rsa("RSASSA-PKCS1-v1_5", 384),
  RS512: rsa("RSASSA-PKCS1-v1_5", 512),
  // The salt is as long as the hash, and no other length is one (RFC 7518 section 3.5).
  PS256: rsa("RSA-PSS", 256, { saltLength: 32 }),
  PS384: rsa("RSA-PSS", 384, { saltLength: 48 }),
  PS512: rsa("RSA-PSS", 512, { saltLength: 64 }),
  ES256: ecdsa(256),
  ES384: ecdsa(384),
  EdDSA: { key: { name: "Ed25519" }, signature: { name: "Ed25519" } },
};

/** Keys that the engine has imported, the last ones used. */
export class ImportedKeys {
  // Imported keys alone, never a promise of one: a request must not wait for what another one began.
  #keys = new Map();
  #limit;

  constructor(limit = KEYS_MAX) {
    this.#limit = limit;
  }

  get size() {
    return this.#keys.size;
  }

  /**
   * Whether the signature belongs to key and input. Every other end is an exception, so nothing passes by mistake.
   * @param {string} algorithm
   * @param {string} thumbprint
   * @param {() => string} jwk
   * @param {Uint8Array} input
   * @param {Uint8Array} signature
   */
  async verify(algorithm, thumbprint, jwk, input, signature) {
    const parameters = Object.hasOwn(PARAMETERS, algorithm) ? PARAMETERS[algorithm] : undefined;
    const subtle = globalThis.crypto?.subtle;
    if (parameters === undefined || subtle === undefined) throw lacking(algorithm);
    const name = `${algorithm} ${thumbprint}`;
    const key = this.#take(name) ?? (await this.#import(subtle, name, algorithm, parameters, jwk));
    let isValid;
    try {
      isValid = await subtle.verify(parameters.signature, key, signature, input);
    } catch {
      throw lacking(algorithm);
    }
    return isValid === true;
  }

  #take(name) {
    const key = this.#keys.get(name);
    if (key === undefined || this.#keys.size === 1) return key;
    // The order of a map is that of insertion.
    this.#keys.delete(name);
    this.#keys.set(name, key);
    return key;
  }

  async #import(subtle, name, algorithm, parameters, jwk) {
    let key;
    try {
      key = await subtle.importKey("jwk", JSON.parse(jwk()), parameters.key, false, ["verify"]);
    } catch {
      throw lacking(algorithm);
    }
    this.#keys.delete(name);
    this.#keys.set(name, key);
    if (this.#keys.size > this.#limit) this.#keys.delete(this.#keys.keys().next().value);
    return key;
  }
}

/**
 * The engine cannot make the check: a fault of the set-up, not of the token, which is neither verified nor refused. The
 * core has read the key, so a key that the engine does not take is one it has no room for.
 */
function lacking(algorithm) {
  const what = `the WebCrypto of this engine cannot check ${algorithm}; edgewarden/jwt/full can`;
  return new EdgewardenError("invalid_option", `option \`algorithms\`: ${what}`, { field: "algorithms" });
}

const KEYS_MAX = 64;
