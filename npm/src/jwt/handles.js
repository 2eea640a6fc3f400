// Raw objects and how long they are there.

import { closed } from "../errors.js";

/** A raw object that is made again when its instance is gone. */
export class Renewed {
  #runtime;
  #what;
  #make;
  #raw;
  #generation;

  /** @param {(raw: object) => object} make */
  constructor(runtime, what, make) {
    this.#runtime = runtime;
    this.#what = what;
    this.#make = make;
    this.#build();
  }

  #build() {
    this.#raw = this.#runtime.guarded(this.#make);
    this.#generation = this.#runtime.generation;
  }

  /** The raw object. */
  open() {
    if (this.#make === undefined) throw closed(this.#what);
    if (this.#generation !== this.#runtime.generation) this.#build();
    return this.#raw;
  }

  /** Ends the raw object, so that the next call gets a new one. */
  drop() {
    if (this.#make !== undefined && this.#generation === this.#runtime.generation) this.#raw.free();
    this.#generation = undefined;
  }

  close() {
    this.drop();
    // It may hold a secret.
    this.#make = this.#raw = undefined;
  }
}

/**
 * The handles of the last tokens that were verified. Memory of WebAssembly is not known to a collector, which would let
 * thousands of tokens pile up before it looks; so the oldest is closed when there are too many.
 */
export class Recent {
  #handles = [];
  #next = 0;

  add(handle) {
    this.#handles[this.#next]?.close();
    this.#handles[this.#next] = handle;
    this.#next = (this.#next + 1) % RECENT_MAX;
    return handle;
  }
}

/** A token takes a few KiB. It is needed between its verification and that of a proof for it. */
const RECENT_MAX = 1024;
