// The public interface for tokens over one backend.

import { checkText } from "../check.js";
import { EdgewardenError, argument, isEdgewardenError } from "../errors.js";
import { Handle, Runtime } from "../runtime.js";
import { textsOf } from "./check.js";
import { VerifyError, describedRefusal } from "./errors.js";
import { Recent } from "./handles.js";
import { hostChecks } from "./host-check.js";
import { jwksVerifiers } from "./jwks-verifier.js";
import { keyCaches } from "./key-cache.js";
import { keySets } from "./key-set.js";
import { cacheApiSnapshotStore, kvSnapshotStore } from "./stores.js";
import { tokenCaches } from "./token-cache.js";
import { VerifiedToken, verifiedToken } from "./verified.js";
import { tokenVerifiers } from "./verifier.js";
import { ImportedKeys } from "./webcrypto.js";

/**
 * The classes and functions for tokens over one backend.
 * @param {import("../runtime.js").Backend & { leavesSignatures?: boolean }} backend `leavesSignatures`: the raw interface
 *   checks no signatures but those of shared secrets; WebCrypto checks the others.
 */
export function createJwtApi(backend) {
  const runtime = new Runtime(backend, describedRefusal);
  const leavesSignatures = backend.leavesSignatures === true;
  const recent = new Recent();

  /**
   * A verified token out of a raw one. Its text leaves the instance at once; the raw token stays for a while for the calls
   * that take one, or where `boundOnly` if a proof of possession may follow.
   */
  function takeVerified(raw, boundOnly = false) {
    const text = raw.text();
    // In strings of JSON, every quotation mark stands behind a backslash.
    if (boundOnly && !text.slice(0, text.indexOf("\n")).includes('"boundKey":"')) {
      raw.free();
      return verifiedToken(text);
    }
    return verifiedToken(text, recent.add(new Handle(runtime, "the verified token", raw)));
  }

  const parts = { takeVerified, challenge };
  Object.assign(parts, keySets(runtime));
  Object.assign(parts, keyCaches(runtime, parts));
  Object.assign(parts, hostChecks(runtime, new ImportedKeys(), takeVerified));
  Object.assign(parts, tokenVerifiers(runtime, parts, leavesSignatures));
  Object.assign(parts, tokenCaches(runtime, parts));
  const { HostCheck, KeyCache, KeySet, TokenCache, TokenVerifier, checkSignature } = parts;
  const JwksVerifier = jwksVerifiers(runtime, parts, leavesSignatures);
  if (leavesSignatures) delete TokenVerifier.prototype.verifySync;

  function challenge(error, realm) {
    checkText(realm, "realm");
    const told = partsOf(error);
    return runtime.guarded((raw) => raw.jwtChallenge(...told, realm));
  }

  function proofChallenge(what, { error, realm, algorithms } = {}) {
    checkText(what, "what");
    checkText(realm, "realm");
    const [told, names] = [partsOf(error), textsOf(algorithms, "algorithms")];
    return runtime.guarded((raw) => raw.jwtProofChallenge(what, ...told, realm, names));
  }

  function errorCatalogue() {
    const all = runtime.guarded((raw) => [raw.errorCatalogue(), raw.jwtErrorCatalogue()]);
    return all.flatMap((json) => JSON.parse(json)).map(Object.freeze);
  }

  /** Panics inside, for the tests of this package. */
  function panicProbe() {
    runtime.guarded((raw) => raw.panicProbe());
  }

  for (const type of [TokenVerifier, JwksVerifier, KeySet, KeyCache, TokenCache, HostCheck]) {
    if (Symbol.dispose === undefined) continue;
    Object.defineProperty(type.prototype, Symbol.dispose, { value: type.prototype.close, configurable: true });
  }

  return {
    EdgewardenError,
    HostCheck,
    JwksVerifier,
    KeyCache,
    KeySet,
    TokenCache,
    TokenVerifier,
    VerifiedToken,
    VerifyError,
    backend: backend.kind,
    cacheApiSnapshotStore,
    challenge,
    checkSignature,
    errorCatalogue,
    isEdgewardenError,
    kvSnapshotStore,
    panicProbe,
    proofChallenge,
    version: () => runtime.guarded((raw) => raw.version()),
  };
}

/** Code, place and part of an error, as a backend takes them; nothing for no error. */
function partsOf(error) {
  if (error === undefined || error === null) return [undefined, undefined, undefined];
  if (!isEdgewardenError(error)) throw argument("error", "not a VerifyError");
  return [error.code, error.place ?? "token", error.part];
}
