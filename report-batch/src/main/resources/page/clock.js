// Computes how long ago the broker logged a like, by a clock that may differ from the broker's.

const WORTH_TELLING_MS = 1_000;

/**
 * The difference between this device's clock and the broker's. Two facts bound it: a like arrives after it was logged, and a like
 * that this device sent was logged after it was sent.
 */
export class Clock {
  #least = -Infinity;
  #most = Infinity;

  /** Records that a like arrived: `logged` is by the broker's clock, `at` is by this device's clock. Both are in ms. */
  arrived(logged, at) {
    this.#most = Math.min(this.#most, at - logged);
  }

  /** Records that a like was sent: `at` is by this device's clock, `logged` is by the broker's clock. Both are in ms. */
  sent(at, logged) {
    this.#least = Math.max(this.#least, at - logged);
  }

  /** Returns by how many ms this device's clock is ahead of the broker's; 0 while the clocks may be equal. */
  get ahead() {
    return this.#least > 0 ? this.#least : Math.min(0, this.#most);
  }

  /** Converts a time by the broker's clock to this device's clock, in ms. */
  local(logged) {
    return logged + this.ahead;
  }

  /** Returns a warning for the visitor; null if the difference is too small to matter. */
  get warning() {
    const { ahead } = this;
    if (Math.abs(ahead) < WORTH_TELLING_MS) return null;
    const by = `${(Math.abs(ahead) / 1_000).toFixed(1)} s ${ahead > 0 ? 'ahead of' : 'behind'}`;
    return `This device’s clock is ${by} Kafka’s; delays are corrected by that.`;
  }
}
