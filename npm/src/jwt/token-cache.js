// Verified tokens that are kept.

import { hideText } from "../answers.js";
import { checkText } from "../check.js";
import { argument } from "../errors.js";
import { Handle } from "../runtime.js";
import { timeOf, wholeOf } from "./check.js";
import { handleOf as verifiedHandleOf } from "./verified.js";

/** The class of a runtime, and the raw cache of what a caller passed. */
export function tokenCaches(runtime, { rawKeys, rawVerifier, takeVerified }) {
  let handleOf;

  class TokenCache {
    #handle;

    constructor(bytesMax) {
      const bytes = wholeOf(bytesMax ?? BYTES_MAX, "bytesMax");
      this.#handle = new Handle(
        runtime,
        "the token cache",
        runtime.guarded((raw) => new raw.JwtTokenCache(bytes)),
      );
    }

    static {
      handleOf = (cache) => (typeof cache === "object" && cache !== null && #handle in cache ? cache.#handle : undefined);
    }

    #call(call) {
      return runtime.guarded(() => call(this.#handle.open()));
    }

    get(verifier, token, keys, options) {
      checkText(token, "token");
      const now = timeOf(options);
      return this.#call((raw) => {
        const found = raw.get(rawVerifier(verifier), token, rawKeys(keys), now);
        return found === undefined || found === null ? null : takeVerified(found);
      });
    }

    insert(verifier, token, verified) {
      checkText(token, "token");
      const handle = verifiedHandleOf(verified);
      if (handle === null) throw argument("verified", "not a VerifiedToken");
      return this.#call((raw) => {
        const of = rawVerifier(verifier);
        // What was let go is not kept, which costs one more verification and nothing else.
        return handle?.isOpen ? raw.insert(of, token, handle.open()) : false;
      });
    }

    forget(verifier, token) {
      checkText(token, "token");
      return this.#call((raw) => raw.forget(rawVerifier(verifier), token));
    }

    clear() {
      this.#call((raw) => raw.clear());
    }

    get size() {
      return this.#call((raw) => raw.len());
    }

    get bytes() {
      return this.#call((raw) => raw.bytes());
    }

    close() {
      this.#handle.close();
    }
  }

  hideText(TokenCache, (cache) => `tokens: ${cache.size}, bytes: ${cache.bytes}`);

  return {
    TokenCache,
    /** The raw cache of what a caller passed. */
    rawTokenCache(cache) {
      const handle = handleOf(cache);
      if (handle === undefined) throw argument("tokenCache", "not a TokenCache");
      return handle.open();
    },
  };
}

/** Room for about a thousand tokens. */
export const BYTES_MAX = 4 << 20;
