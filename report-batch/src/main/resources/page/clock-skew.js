// Computes how long ago the broker logged a like, by a clock that may differ from the broker's.

const MIN_WARNING_MS = 1_000;

/**
 * The difference between this device's clock and the broker's. Two facts bound it: a like arrives after it was logged, and a like
 * that this device sent was logged after it was sent. All times are in ms.
 */
export class ClockSkew {
  #min = -Infinity;
  #max = Infinity;

  /**
   * Records that a like arrived.
   *
   * @param {number} logged by the broker's clock
   * @param {number} at by this device's clock
   */
  arrived(logged, at) {
    this.#max = Math.min(this.#max, at - logged);
  }

  /**
   * Records that a like was sent.
   *
   * @param {number} at by this device's clock
   * @param {number} logged by the broker's clock
   */
  sent(at, logged) {
    this.#min = Math.max(this.#min, at - logged);
  }

  /** Returns by how many ms this device's clock is ahead of the broker's; 0 while the clocks may be equal. */
  get ahead() {
    return this.#min > 0 ? this.#min : Math.min(0, this.#max);
  }

  /** Converts a time by the broker's clock to this device's clock. @param {number} logged */
  local(logged) {
    return logged + this.ahead;
  }

  /** Returns a warning for the visitor; an empty text if the difference is too small to matter. */
  get warning() {
    const { ahead } = this;
    if (Math.abs(ahead) < MIN_WARNING_MS) return '';
    const by = `${(Math.abs(ahead) / 1_000).toFixed(1)} s`;
    return `This device’s clock is ${ahead > 0 ? 'fast' : 'slow'} by ${by} compared with Kafka’s; delays are corrected.`;
  }
}
