/// <reference lib="esnext.disposable" />

// Edgewarden for JavaScript, tokens with signature checks that need no WebCrypto. The guide is docs/javascript.md of the
// repository.

import { TokenVerifier as Verifier } from "./jwt.js";
import type { KeySet, TimeOptions, VerifiedToken } from "./jwt.js";

export * from "./jwt.js";

/** A verifier. Build one and keep it. */
export declare class TokenVerifier extends Verifier {
  /**
   * Verifies a token at once; `keys` is left out with a shared secret.
   * @throws {VerifyError} The first fault.
   */
  verifySync(token: string, keys?: KeySet | null, options?: TimeOptions): VerifiedToken;
}
