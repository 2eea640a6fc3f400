// Answers as frozen data. Reports hold no text of the caller, so they may be logged; what holds text hides it from
// string forms.

import { checkText } from "./check.js";

const INSPECT = Symbol.for("nodejs.util.inspect.custom");

/** Gives a class string forms that show sizes and no text. */
export function hideText(type, describe) {
  const shown = function () {
    return `${type.name} { ${describe(this)} }`;
  };
  for (const name of ["toString", INSPECT]) {
    Object.defineProperty(type.prototype, name, { value: shown, configurable: true, writable: true });
  }
  Object.defineProperty(type.prototype, Symbol.toStringTag, { value: type.name, configurable: true });
}

function freezeAll(items) {
  for (const item of items) {
    if (item.chain !== undefined) Object.freeze(item.chain);
    Object.freeze(item);
  }
  return Object.freeze(items);
}

/** `text` with each place replaced by its label in brackets. */
function redacted(text, redactions) {
  checkText(text, "text");
  let out = "";
  let at = 0;
  for (const { start, end, label } of redactions) {
    out += `${text.slice(at, start)}[${label}]`;
    at = Math.max(end, at);
  }
  return out + text.slice(at);
}

/** The answer of a scan. */
export class ScanReport {
  constructor(plain) {
    this.decision = plain.decision;
    this.score = plain.score;
    this.findings = freezeAll(plain.findings);
    this.redactions = freezeAll(plain.redactions);
    this.findingsDropped = plain.findingsDropped;
    this.findingsAllowed = plain.findingsAllowed;
    this.rulesRevision = plain.rulesRevision;
    Object.freeze(this);
  }

  redact(text) {
    return redacted(text, this.redactions);
  }
}

/** A report that has nothing to tell. */
export function cleanReport(rulesRevision) {
  const none = { findings: [], redactions: [], findingsDropped: 0, findingsAllowed: 0 };
  return new ScanReport({ decision: "allow", score: 0, ...none, rulesRevision });
}

/** The answer of a scan of a JSON document. */
export class JsonReport {
  constructor(plain) {
    this.decision = plain.decision;
    this.score = plain.score;
    this.findings = freezeAll(plain.findings);
    this.redactions = freezeAll(plain.redactions);
    this.strings = plain.strings;
    Object.freeze(this);
  }

  redact(json) {
    return redacted(json, this.redactions);
  }
}

/** What a push or the end of a stream yields. */
export class StreamOutput {
  #release;

  constructor(plain) {
    this.#release = plain.release;
    this.decision = plain.decision;
    this.score = plain.score;
    this.findings = freezeAll(plain.findings);
    Object.freeze(this);
  }

  get release() {
    return this.#release;
  }
}

/** A pseudonymised text and what is needed to read it again. */
export class Pseudonymized {
  #text;
  #originals;

  constructor(plain) {
    this.#text = plain.text;
    this.#originals = Object.freeze(plain.originals.map((pair) => Object.freeze(pair)));
    Object.freeze(this);
  }

  get text() {
    return this.#text;
  }

  get originals() {
    return this.#originals;
  }

  restore(text) {
    checkText(text, "text");
    // Not `replaceAll` with a string: `$` in a value would have a meaning.
    return this.#originals.reduce((text, [placeholder, value]) => text.split(placeholder).join(value), text);
  }
}

const shape = (report) => `decision: ${report.decision}, score: ${report.score}, findings: ${report.findings.length}`;
hideText(StreamOutput, (output) => `${shape(output)}, release: ${output.release.length} units`);
hideText(Pseudonymized, (done) => `text: ${done.text.length} units, originals: ${done.originals.length}`);
