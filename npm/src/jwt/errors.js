// Why a token is refused, as an error.

import { EdgewardenError, fromPlain } from "../errors.js";

/** Marks refusals, whichever entry or copy of this package they come from. */
const BRAND = Symbol.for("edgewarden.verify-error");

/** Why a token is refused. Holds no text of the token. */
export class VerifyError extends EdgewardenError {
  /** @param {object} plain What the backend says; it calls the part `name`, which an error has already. */
  constructor(plain) {
    super(plain.code, plain.message);
    this.place = plain.place;
    if (plain.name !== undefined) this.part = plain.name;
    this.retry = plain.retry;
    if (plain.retryAtMs !== undefined) this.retryAt = plain.retryAtMs;
    if (plain.evidence !== undefined) this.evidence = Object.freeze(plain.evidence);
    this.httpStatus = plain.httpStatus;
  }

  /** @param {unknown} error */
  static [Symbol.hasInstance](error) {
    return typeof error === "object" && error !== null && error[BRAND] === true;
  }
}

Object.defineProperty(VerifyError.prototype, "name", { value: "VerifyError", configurable: true, writable: true });
Object.defineProperty(VerifyError.prototype, BRAND, { value: true });

/** The error of what a backend says: a refusal is marked, everything else is a fault of use or of the library. */
export function errorOf(plain) {
  return plain.kind === "verify" ? new VerifyError(plain) : fromPlain(plain);
}

/** The error that a backend describes in the message of what it throws, if it does. */
export function describedRefusal(error) {
  const message = error instanceof Error ? error.message : "";
  if (!message.startsWith('{"')) return undefined;
  try {
    return errorOf(JSON.parse(message));
  } catch {
    return undefined;
  }
}
