// A verified token: text until somebody asks for a member.

import { hideText } from "../answers.js";
import { argument } from "../errors.js";

/** What only this package can pass to the constructor. */
const KEY = Symbol("edgewarden");

/**
 * Makes a verified token.
 * @type {(text: string, handle?: import("../runtime.js").Handle) => VerifiedToken} A line of JSON with what the token
 *   says, then the claims as they are; and the raw token for calls that take one.
 */
export let verifiedToken;

/** The handle of a verified token; `undefined` if it has none, `null` for anything else. */
export let handleOf;

/** A token whose signature and claims were checked. */
export class VerifiedToken {
  #text;
  #handle;
  #data;
  #claims;

  constructor(key, text, handle) {
    if (key !== KEY) throw argument("token", "a verified token comes from a verifier");
    this.#text = text;
    this.#handle = handle;
  }

  static {
    verifiedToken = (text, handle) => new VerifiedToken(KEY, text, handle);
    handleOf = (token) => (typeof token === "object" && token !== null && #handle in token ? token.#handle : null);
  }

  #read() {
    this.#data ??= JSON.parse(this.#text.slice(0, this.#text.indexOf("\n")));
    return this.#data;
  }

  get claims() {
    this.#claims ??= JSON.parse(this.claimsJson);
    return this.#claims;
  }

  get claimsJson() {
    return this.#text.slice(this.#text.indexOf("\n") + 1);
  }

  get headerJson() {
    return this.#read().headerJson;
  }

  get algorithm() {
    return this.#read().algorithm;
  }

  get kid() {
    return this.#read().kid;
  }

  get issuer() {
    return this.#read().issuer;
  }

  get subject() {
    return this.#read().subject;
  }

  get audience() {
    return Object.freeze(this.#read().audience);
  }

  get tokenId() {
    return this.#read().tokenId;
  }

  get expiresAtMs() {
    return this.#read().expiresAtMs;
  }

  get notBeforeMs() {
    return this.#read().notBeforeMs;
  }

  get issuedAtMs() {
    return this.#read().issuedAtMs;
  }

  get validUntilMs() {
    return this.#read().validUntilMs;
  }

  get boundKey() {
    return this.#read().boundKey;
  }

  get keyThumbprint() {
    return this.#read().keyThumbprint;
  }

  get keyGeneration() {
    return this.#read().keyGeneration;
  }
}

hideText(VerifiedToken, (token) => `claims: ${token.claimsJson.length} units`);
