// A verification that waits for the engine's check of the signature.

import { hideText } from "../answers.js";
import { argument, closed } from "../errors.js";
import { Handle } from "../runtime.js";
import { timeOf } from "./check.js";

/** What only this package can pass to the constructor. */
const KEY = Symbol("edgewarden");

/**
 * The class of a runtime, and how a raw check is brought to its end.
 * @param {import("./webcrypto.js").ImportedKeys} imported
 */
export function hostChecks(runtime, imported, takeVerified) {
  let handleOf;

  class HostCheck {
    #handle;

    constructor(key, raw) {
      if (key !== KEY) throw argument("check", "a check comes from TokenVerifier.begin()");
      this.#handle = new Handle(runtime, "the check", raw);
    }

    static {
      handleOf = (check) => (typeof check === "object" && check !== null && #handle in check ? check.#handle : undefined);
    }

    #read(read) {
      return runtime.guarded(() => read(this.#handle.open()));
    }

    get algorithm() {
      return this.#read((raw) => raw.algorithm());
    }

    get keyJwk() {
      return this.#read((raw) => raw.keyJwk()) ?? null;
    }

    get keyKid() {
      return this.#read((raw) => raw.keyKid()) ?? null;
    }

    get keyThumbprint() {
      return this.#read((raw) => raw.keyThumbprint());
    }

    get signingInput() {
      return this.#read((raw) => raw.signingInput());
    }

    get signature() {
      return this.#read((raw) => raw.signature());
    }

    nextKey() {
      return this.#read((raw) => raw.nextKey());
    }

    finish(valid, options) {
      if (typeof valid !== "boolean") throw argument("valid", "not a boolean");
      const now = timeOf(options);
      try {
        return takeVerified(this.#read((raw) => raw.finish(valid, now)));
      } finally {
        this.close();
      }
    }

    close() {
      this.#handle.close();
    }
  }

  hideText(HostCheck, () => "");

  /**
   * Whether the signature is that of one of the keys that may be tried. Throws `closed` where the instance of the check
   * is gone meanwhile: then nothing may be called on it.
   */
  async function isValid(raw) {
    const { generation } = runtime;
    for (;;) {
      const thumbprint = runtime.guarded(() => raw.keyThumbprint());
      const [algorithm, input, signature] = runtime.guarded(() => [raw.algorithm(), raw.signingInput(), raw.signature()]);
      const jwk = () => runtime.guarded(() => raw.keyJwk());
      const valid = await imported.verify(algorithm, thumbprint, jwk, input, signature);
      if (runtime.generation !== generation) throw closed("the check");
      if (valid || !runtime.guarded(() => raw.nextKey())) return valid;
    }
  }

  /** @param {HostCheck} check */
  async function checkSignature(check) {
    const handle = handleOf(check);
    if (handle === undefined) throw argument("check", "not a HostCheck");
    if (check.keyJwk === null) throw argument("check", "is for a shared secret, which stays where it is");
    return isValid(handle.open());
  }

  return { HostCheck, checkSignature, isValid, hostCheckOf: (raw) => new HostCheck(KEY, raw) };
}
