// The verifier of tokens.

import { hideText } from "../answers.js";
import { checkMembers, checkText, nowOf } from "../check.js";
import { argument, closed } from "../errors.js";
import { entropyOf, known, optionalText, timeOf, verifierOptions } from "./check.js";
import { VerifyError } from "./errors.js";
import { Renewed } from "./handles.js";
import { refusalOf, ticketOf } from "./key-cache.js";
import { handleOf as verifiedHandleOf } from "./verified.js";

/**
 * The class of a runtime. `parts` are the other classes and what they offer; `leavesSignatures` says that the raw
 * interface checks no signatures but those of shared secrets.
 */
export function tokenVerifiers(runtime, parts, leavesSignatures) {
  const { rawKeys, hostCheckOf, isValid, takeVerified } = parts;
  let rawOf;

  class TokenVerifier {
    #handle;
    #asksHost;
    /** Those of the secret, if there is one. */
    #ownKeys;
    #issuer;
    #profile;

    constructor(options) {
      const { json, secret } = verifierOptions(options);
      this.#asksHost = leavesSignatures && secret === undefined;
      this.#handle = new Renewed(runtime, WHAT, (raw) => new raw.JwtVerifier(json, secret, this.#asksHost));
      if (secret !== undefined) this.#ownKeys = new Renewed(runtime, WHAT, () => this.#handle.open().sharedKeys());
      const raw = this.#handle.open();
      this.#issuer = runtime.guarded(() => raw.issuer()) ?? null;
      this.#profile = runtime.guarded(() => raw.profile());
    }

    static {
      rawOf = (verifier) =>
        typeof verifier === "object" && verifier !== null && #handle in verifier ? verifier.#handle.open() : undefined;
    }

    async verify(token, keys, options) {
      checkText(token, "token");
      if (!this.#asksHost) return this.#verified(token, keys, options);
      const now = timeOf(options);
      return this.#settle(
        this.#with(keys, (raw, set) => raw.begin(token, set, now)),
        options,
      );
    }

    verifySync(token, keys, options) {
      checkText(token, "token");
      return this.#verified(token, keys, options);
    }

    begin(token, keys, options) {
      checkText(token, "token");
      const now = timeOf(options);
      return hostCheckOf(this.#with(keys, (raw, set) => raw.begin(token, set, now)));
    }

    step(token, keyCache, tokenCache, options) {
      checkText(token, "token");
      const given = known(options, ["now", "entropy"]);
      const [now, entropy] = [nowOf(given), entropyOf(given)];
      const cache = parts.rawKeyCache(keyCache);
      const tokens = tokenCache === undefined || tokenCache === null ? undefined : parts.rawTokenCache(tokenCache);
      return runtime.guarded((module) => {
        // A cache without room is none.
        const none = tokens === undefined ? new module.JwtTokenCache(0) : undefined;
        const step = this.#handle.open().step(token, cache, tokens ?? none, now, entropy);
        const [verified, check] = [step.verified(), step.check()];
        const told = {
          kind: step.kind(),
          verified: verified === undefined || verified === null ? undefined : takeVerified(verified),
          check: check === undefined || check === null ? undefined : hostCheckOf(check),
          ticket: ticketOf(step.ticket()),
          until: step.until() ?? undefined,
          error: refusalOf(step.error()),
        };
        step.free();
        none?.free();
        return Object.freeze(told);
      });
    }

    plausible(token, options) {
      checkText(token, "token");
      const now = timeOf(options);
      return Object.freeze(JSON.parse(this.#call((raw) => raw.plausible(token, now))));
    }

    async explain(token, keys, options) {
      checkText(token, "token");
      const now = timeOf(options);
      const checks = this.#with(keys, (raw, set) => raw.explain(token, set, now));
      return this.#explained(checks, () => this.#with(keys, (raw, set) => raw.begin(token, set, now)));
    }

    async verifyProof(proof, request, options) {
      checkText(proof, "proof");
      const [asked, now] = [requestOf(request), timeOf(options)];
      if (!this.#asksHost) return takeVerified(this.#call((raw) => raw.verifyProof(proof, ...asked(), now)));
      return this.#settle(
        this.#call((raw) => raw.beginProof(proof, ...asked(), now)),
        options,
      );
    }

    beginProof(proof, request, options) {
      checkText(proof, "proof");
      const [asked, now] = [requestOf(request), timeOf(options)];
      return hostCheckOf(this.#call((raw) => raw.beginProof(proof, ...asked(), now)));
    }

    async explainProof(proof, request, options) {
      checkText(proof, "proof");
      const [asked, now] = [requestOf(request), timeOf(options)];
      const checks = this.#call((raw) => raw.explainProof(proof, ...asked(), now));
      return this.#explained(checks, () => this.#call((raw) => raw.beginProof(proof, ...asked(), now)));
    }

    challenge(error, realm) {
      return parts.challenge(error, realm);
    }

    get issuer() {
      return this.#issuer;
    }

    get profile() {
      return this.#profile;
    }

    get fingerprint() {
      return this.#call((raw) => raw.fingerprint());
    }

    close() {
      this.#ownKeys?.close();
      this.#handle.close();
    }

    #verified(token, keys, options) {
      const now = timeOf(options);
      return takeVerified(this.#with(keys, (raw, set) => raw.verify(token, set, now)));
    }

    #call(call) {
      return runtime.guarded(() => call(this.#handle.open()));
    }

    /** Runs a raw call with keys: those of the caller, or with a shared secret the verifier's own. */
    #with(keys, call) {
      if (keys !== undefined && keys !== null) return this.#call((raw) => call(raw, rawKeys(keys)));
      if (this.#ownKeys === undefined) throw argument("keys", "not a KeySet");
      return this.#call((raw) => call(raw, this.#ownKeys.open()));
    }

    /** Ends a verification with the engine's check of the signature. The clock may have moved on. */
    async #settle(check, options) {
      const { generation } = runtime;
      try {
        const valid = await isValid(check);
        const now = timeOf(options);
        return takeVerified(runtime.guarded(() => check.finish(valid, now)));
      } finally {
        if (runtime.generation === generation) check.free();
      }
    }

    /**
     * The checks of an explanation. Where signatures are left to the engine it is asked, unless another fault comes first:
     * then the signature was not looked at.
     */
    async #explained(json, begin) {
      const checks = JSON.parse(json);
      const last = checks.at(-1);
      if (this.#asksHost && last.check === "signature" && last.error?.code === "bad_signature") {
        checks[checks.length - 1] = await asked(last, begin);
      }
      return Object.freeze(checks.map(checkOf));
    }
  }

  async function asked(last, begin) {
    const { check, place } = last;
    let begun;
    try {
      begun = begin();
    } catch (error) {
      if (!(error instanceof VerifyError)) throw error;
      // Numbers that are out of range are wrong before anybody is asked.
      return error.place === place ? last : { check, place, outcome: "skipped" };
    }
    const { generation } = runtime;
    try {
      return (await isValid(begun)) ? { check, place, outcome: "passed" } : last;
    } finally {
      if (runtime.generation === generation) begun.free();
    }
  }

  hideText(TokenVerifier, (verifier) => `profile: ${verifier.profile}`);

  return {
    TokenVerifier,
    /** The raw verifier of what a caller passed. */
    rawVerifier(verifier) {
      const raw = rawOf(verifier);
      if (raw === undefined) throw argument("verifier", "not a TokenVerifier");
      return raw;
    },
  };
}

const WHAT = "the verifier";
const REQUEST = ["method", "url", "nonce", "accessToken", "verified"];

/** The arguments of a raw call about a proof, made anew for each: the raw token is used up by it. */
function requestOf(request) {
  if (request === undefined) throw argument("request", "not an object");
  checkMembers(request, REQUEST);
  const { method, url, verified } = request;
  checkText(method, "method");
  checkText(url, "url");
  const [nonce, accessToken] = [optionalText(request.nonce, "nonce"), optionalText(request.accessToken, "accessToken")];
  if (verified === undefined || verified === null) return () => [method, url, nonce, accessToken, undefined];
  const handle = verifiedHandleOf(verified);
  if (handle === null) throw argument("verified", "not a VerifiedToken");
  return () => {
    if (handle === undefined) throw closed("the verified token");
    return [method, url, nonce, accessToken, handle.open().share()];
  };
}

function checkOf({ name, error, ...rest }) {
  const check = { ...rest };
  if (name !== undefined) check.part = name;
  if (error !== undefined) check.error = new VerifyError(error);
  return Object.freeze(check);
}
