// A backend while it runs: its raw interface, what its faults mean, and objects that end with their instance.

import { closed, described, internal, isEdgewardenError } from "./errors.js";

/**
 * What a backend is.
 * @typedef {object} Backend
 * @property {"native" | "wasm"} kind
 * @property {() => object} start The raw interface; a new one after `stop`. Throws `not_initialized` before its time.
 * @property {() => void} [stop] Called when a call trapped, after which the raw interface is not to be used again.
 */

export class Runtime {
  #backend;
  #described;
  #raw;
  /** Counts instances: a handle of an instance before this one is dead. */
  generation = 0;

  /**
   * @param {Backend} backend
   * @param {(error: unknown) => Error | undefined} [describe] The error that a raw call describes in what it throws.
   */
  constructor(backend, describe = described) {
    this.#backend = backend;
    this.#described = describe;
  }

  /** The raw interface, started if need be. */
  current() {
    this.#raw ??= this.#backend.start();
    return this.#raw;
  }

  /** What to throw for what a raw call threw. A fault that the backend did not describe ends the instance. */
  fault(error) {
    if (isEdgewardenError(error)) return error;
    const known = this.#described(error);
    if (known !== undefined) return known;
    if (this.#backend.stop !== undefined) {
      this.#backend.stop();
      this.#raw = undefined;
      this.generation += 1;
    }
    return internal();
  }

  /** Runs a raw call. */
  guarded(call) {
    try {
      return call(this.current());
    } catch (error) {
      throw this.fault(error);
    }
  }
}

/** A raw object that is closed for good once its instance is gone. */
export class Handle {
  #runtime;
  #what;
  #raw;
  #generation;

  constructor(runtime, what, raw) {
    this.#runtime = runtime;
    this.#what = what;
    this.#raw = raw;
    this.#generation = runtime.generation;
  }

  /** The raw object. */
  open() {
    if (!this.isOpen) throw closed(this.#what);
    return this.#raw;
  }

  get isOpen() {
    return this.#raw !== undefined && this.#generation === this.#runtime.generation;
  }

  close() {
    if (this.isOpen) this.#raw.free();
    this.#raw = undefined;
  }
}
