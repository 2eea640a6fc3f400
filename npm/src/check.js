// What callers hand in, checked before it reaches a backend.

import { argument, option } from "./errors.js";
import { Origin } from "./names.js";

/** The number a backend knows an origin by. */
const ORIGINS = new Map(Object.values(Origin).map((name, index) => [name, index]));
const USER = 1;
const ASSISTANT = 2;

/** Options of one call, as a backend takes them. */
export const DEFAULT_ORIGIN = USER;
export const STREAM_ORIGIN = ASSISTANT;

/** Throws unless `text` is a string. */
export function checkText(text, field) {
  if (typeof text !== "string") throw argument(field, "not a string");
}

/** Throws unless `bytes` is a Uint8Array; a Buffer is one. */
export function checkBytes(bytes, field) {
  if (!(bytes instanceof Uint8Array) && Object.prototype.toString.call(bytes) !== "[object Uint8Array]") {
    throw argument(field, "not a Uint8Array");
  }
  if (bytes.length === 0 && isGone(bytes)) throw argument(field, "its memory is detached");
}

/** Whether the memory of an array was transferred or shrunk away: every method of such an array throws. */
function isGone(bytes) {
  try {
    Uint8Array.prototype.indexOf.call(bytes, 0);
    return false;
  } catch {
    return true;
  }
}

/** Throws for anything but known members. */
export function checkMembers(options, known) {
  if (typeof options !== "object" || options === null || Array.isArray(options)) throw argument("options", "not an object");
  for (const name in options) {
    if (!known.includes(name)) throw option(name, "unknown");
  }
}

/** The index of the origin that `options` names. */
export function originOf(options, otherwise) {
  const name = options.origin;
  if (name === undefined) return otherwise;
  const index = ORIGINS.get(name);
  if (index === undefined) throw argument("origin", "no such origin");
  return index;
}

/** Milliseconds since 1970: those of `options`, else those of the clock. */
export function nowOf(options) {
  const now = options.now;
  if (now === undefined) return Date.now();
  if (!Number.isSafeInteger(now) || now < 0) throw argument("now", "not a whole number from 0 to 2^53 - 1");
  return now;
}

/** The options of a scanner as JSON and its rule set. */
export function scannerOptions(options) {
  if (options === undefined) return { json: "{}", rules: undefined };
  let rules;
  let rest = options;
  if (typeof options === "object" && options !== null && !Array.isArray(options) && options.rules !== undefined) {
    ({ rules, ...rest } = options);
    if (!(rules instanceof Uint8Array)) throw option("rules", "not a Uint8Array");
    rules = rules.slice();
  }
  return { json: optionsJson(rest), rules };
}

/**
 * Options as JSON. What JSON has no form for is an error here, for an option that vanishes on the way would pass for a
 * default; everything else is judged where the options are read.
 */
export function optionsJson(options) {
  return JSON.stringify(plain(options, "", 0));
}

const DEPTH_MAX = 8;

function plain(value, path, depth) {
  switch (typeof value) {
    case "string":
    case "boolean":
      return value;
    case "number":
      if (!Number.isFinite(value)) throw option(path || "options", "not a finite number");
      return value;
    case "object":
      break;
    default:
      throw option(path || "options", `a ${typeof value}`);
  }
  if (value === null) return null;
  if (depth > DEPTH_MAX) throw option(path, "nested too deep");
  const at = (name) => (path === "" ? String(name) : `${path}.${name}`);
  if (Array.isArray(value)) return Array.from(value, (item, i) => plain(item, at(i), depth + 1));
  if (Object.prototype.toString.call(value) !== "[object Object]") throw option(path || "options", "not a plain object");
  // Without a prototype, a member named `__proto__` is a member like any other.
  const out = Object.create(null);
  for (const name of Object.keys(value)) {
    if (value[name] !== undefined) out[name] = plain(value[name], at(name), depth + 1);
  }
  return out;
}
