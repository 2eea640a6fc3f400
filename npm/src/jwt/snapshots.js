// A snapshot of the key cache in a store: read once at the start, written after a fetch.

import { sleep } from "./timers.js";

export class Snapshots {
  #store;
  #key;
  /** Whether nothing is to be read any more. */
  isRead;
  #readUntil;

  constructor(store, key) {
    this.#store = store;
    this.#key = key;
    this.isRead = store === undefined;
  }

  /** Whether there is a store to write to. */
  get isKept() {
    return this.#store !== undefined;
  }

  /**
   * Reads the store before the first keys are asked for. Whatever goes wrong, the cache goes on empty, which is always
   * safe, and a slow store is no better than the issuer.
   * @param {(bytes: Uint8Array, key: Uint8Array) => void} restore
   */
  async read(restore) {
    if (this.#readUntil !== undefined) return this.#wait();
    this.#readUntil = Date.now() + READ_MS;
    try {
      const bytes = await Promise.race([this.#store.load(), sleep(READ_MS)]);
      if (bytes !== undefined && bytes !== null && !this.isRead) restore(bytes, this.#key);
    } catch {
      // Another version, another key, nothing there.
    } finally {
      this.isRead = true;
    }
  }

  /** Another request reads. Its promise is its own; the time it may take is known. */
  async #wait() {
    while (!this.isRead && Date.now() < this.#readUntil) await sleep(PAUSE_MS);
    this.isRead = true;
  }

  /** Writes what the cache holds; never rejects. */
  async write(snapshot) {
    try {
      await this.#store.save(snapshot(this.#key));
    } catch {
      // The next fetch writes again.
    }
  }
}

const READ_MS = 50;
const PAUSE_MS = 10;
