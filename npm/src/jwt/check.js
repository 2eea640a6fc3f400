// What callers hand in, checked before it reaches a backend.

import { checkBytes, checkMembers, checkText, nowOf, optionsJson } from "../check.js";
import { argument, option } from "../errors.js";

const NOW_OPTION = ["now"];

/** Options of a verifier as JSON, and the secret beside them. */
export function verifierOptions(options) {
  if (typeof options !== "object" || options === null || options.sharedSecret === undefined) {
    return { json: optionsJson(options), secret: undefined };
  }
  const { sharedSecret, ...rest } = options;
  if (!(sharedSecret instanceof Uint8Array)) throw option("sharedSecret", "not a Uint8Array");
  return { json: optionsJson(rest), secret: sharedSecret.slice() };
}

/** Options that were given, none of them unknown; those that are left out are `undefined`. */
export function known(options, names) {
  if (options === undefined) return NOTHING;
  checkMembers(options, names);
  return options;
}

/** The time that a call is told, else the clock's. */
export function timeOf(options) {
  return options === undefined ? Date.now() : nowOf(known(options, NOW_OPTION));
}

/** A whole number below 2^53, if there is one. */
export function wholeOf(value, field) {
  if (value === undefined) return undefined;
  if (!Number.isSafeInteger(value) || value < 0) throw argument(field, "not a whole number from 0 to 2^53 - 1");
  return value;
}

/** A random number below 2^53, which spreads retries and protects nothing. */
export function entropyOf(options) {
  return wholeOf(options.entropy, "entropy") ?? Math.floor(Math.random() * 2 ** 53);
}

/** A text, if there is one. */
export function optionalText(text, field) {
  if (text === undefined || text === null) return undefined;
  checkText(text, field);
  return text;
}

/** Bytes, if there are some. */
export function optionalBytes(bytes, field) {
  if (bytes === undefined || bytes === null) return undefined;
  checkBytes(bytes, field);
  return bytes;
}

/** A JSON document, as text or as what stands for it. */
export function documentOf(value, field) {
  if (typeof value === "string") return value;
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw argument(field, "neither text nor an object");
  return optionsJson(value);
}

/** A copy of a list of texts. */
export function textsOf(texts, field) {
  if (!Array.isArray(texts)) throw argument(field, "not a list");
  const copy = Array.from(texts);
  copy.forEach((text, i) => checkText(text, `${field}.${i}`));
  return copy;
}

const NOTHING = Object.freeze({});
