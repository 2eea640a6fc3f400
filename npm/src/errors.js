// One error for everything that goes wrong, with a code from the catalogue all languages share.

/** Marks errors of this package, whichever of its entries or copies they come from. */
const BRAND = Symbol.for("edgewarden.error");

/** What this package throws. The message holds no text of the caller. */
export class EdgewardenError extends Error {
  /**
   * @param {string} code One of `errorCatalogue()`.
   * @param {string} message
   * @param {{ offset?: number, field?: string, decision?: string }} [more]
   */
  constructor(code, message, more = {}) {
    super(message);
    this.code = code;
    for (const name of ["offset", "field", "decision"]) {
      if (more[name] !== undefined) this[name] = more[name];
    }
  }

  /** @param {unknown} error */
  static [Symbol.hasInstance](error) {
    return this === EdgewardenError ? isEdgewardenError(error) : Function.prototype[Symbol.hasInstance].call(this, error);
  }
}

Object.defineProperty(EdgewardenError.prototype, "name", { value: "EdgewardenError", configurable: true, writable: true });
Object.defineProperty(EdgewardenError.prototype, BRAND, { value: true });

/**
 * Whether the error is one of this package.
 * @param {unknown} error
 */
export function isEdgewardenError(error) {
  return typeof error === "object" && error !== null && error[BRAND] === true;
}

/** An argument of the wrong kind. */
export function argument(field, what) {
  return new EdgewardenError("invalid_argument", `argument \`${field}\`: ${what}`, { field });
}

/** An option of the wrong kind. */
export function option(field, what) {
  return new EdgewardenError("invalid_option", `option \`${field}\`: ${what}`, { field });
}

/** An object that is gone. */
export function closed(what) {
  return new EdgewardenError("closed", `${what} is closed`);
}

/** A fault of the library. */
export function internal() {
  return new EdgewardenError("internal", "a fault of this library");
}

/** The error a backend describes in the message of what it throws, if it does. */
export function described(error) {
  const message = error instanceof Error ? error.message : "";
  if (!message.startsWith('{"code":')) return undefined;
  try {
    return fromPlain(JSON.parse(message));
  } catch {
    return undefined;
  }
}

/** The error of `{"code", "message", "offset", "field"}`. */
export function fromPlain({ code, message, offset, field }) {
  return new EdgewardenError(code, message, { offset, field });
}
