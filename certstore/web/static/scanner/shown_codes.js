// Codes already shown to this device: a code made for one presentation is good once. What is kept
// is a digest of what makes a showing itself, and only until the code is dead anyway.
import { hex, sha256, utf8 } from './bytes.js';

const CAPACITY = 100000;

/** Remembers showings; `kept` ({all, put, drop} of a store) keeps them where the page is closed. */
export class ShownCodes {
  #ends = new Map();

  #kept;

  constructor(kept = null) {
    this.#kept = kept;
  }

  /** Reads what an earlier visit remembered. */
  async load() {
    for (const [digest, end] of (await this.#kept?.all()) ?? []) this.#ends.set(digest, end);
    return this;
  }

  /** The memory at one moment, as judgeCode wants it. */
  bound(now) {
    return (showing, until) => this.firstTime(showing, until, now);
  }

  /** The same for a device that cannot know what others were shown: false for a duplicate, else null. */
  alone(now) {
    return async (showing, until) => ((await this.firstTime(showing, until, now)) === false ? false : null);
  }

  /** Whether it is new, remembered until it is dead; null when full, for forgetting would let a used code pass. */
  async firstTime(showing, until, now) {
    const digest = hex(await sha256(utf8(JSON.stringify(showing))));
    for (const [old, end] of this.#ends) {
      if (end < now) {
        this.#ends.delete(old);
        await this.#kept?.drop(old);
      }
    }
    if (this.#ends.has(digest)) return false;
    if (this.#ends.size >= CAPACITY) return null;
    this.#ends.set(digest, until);
    await this.#kept?.put(digest, until);
    return true;
  }

  /** Forgets a showing that was not used up after all. */
  async forget(showing) {
    const digest = hex(await sha256(utf8(JSON.stringify(showing))));
    this.#ends.delete(digest);
    await this.#kept?.drop(digest);
  }
}
