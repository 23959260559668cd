// How long ago the broker logged something, by a clock that may differ from the broker's.

const WORTH_TELLING_MS = 1_000;

/**
 * By how much this device's clock is ahead of the broker's, as far as what happens here proves it: nothing arrives before it
 * was logged, and nothing that was sent from here was logged before that.
 */
export class Clock {
  #least = -Infinity;
  #most = Infinity;

  /** Something logged at one time, by the broker's clock, arrived at another, by this one. */
  arrived(logged, at) {
    this.#most = Math.min(this.#most, at - logged);
  }

  /** Something was sent from here at one time, by this clock, and logged at another, by the broker's. */
  sent(at, logged) {
    this.#least = Math.max(this.#least, at - logged);
  }

  /** Ms; 0 for as long as the clocks may agree. */
  get ahead() {
    return this.#least > 0 ? this.#least : Math.min(0, this.#most);
  }

  /** When something was logged, by this device's clock. */
  local(logged) {
    return logged + this.ahead;
  }

  /** Null unless somebody should know. */
  get warning() {
    const { ahead } = this;
    if (Math.abs(ahead) < WORTH_TELLING_MS) return null;
    const by = `${(Math.abs(ahead) / 1_000).toFixed(1)} s ${ahead > 0 ? 'ahead of' : 'behind'}`;
    return `This device’s clock is ${by} Kafka’s; delays are corrected by that.`;
  }
}
