package io.heartline.web.limit;

import io.heartline.web.security.SecuritySettings.Mode;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/** Limits how many of something each caller has concurrently on this instance. Thread-safe. */
public final class CallerPermits {

    private final int max;
    private final ConcurrentMap<String, Integer> held = new ConcurrentHashMap<>();

    /** @param max permits of one caller; 0 for no limit */
    public CallerPermits(int max) {
        this.max = max;
    }

    /**
     * Returns the limit of one caller that is in force. Callers without a token can share an address, so a default could refuse
     * them for what others do.
     *
     * @param configured null if the setting is not set
     * @param defaultWithTokens the default of {@link Mode#JWT}; in {@link Mode#OPEN} there is no limit by default
     * @return 0 for no limit
     */
    public static int max(@Nullable Integer configured, int defaultWithTokens, Mode mode) {
        if (configured != null) {
            return configured;
        }
        return mode == Mode.JWT ? defaultWithTokens : 0;
    }

    /**
     * Acquires a permit, which the caller gives back with {@link #release}.
     *
     * @param caller see {@link CallerName}
     * @return false if the caller has the maximum already
     */
    public boolean tryAcquire(String caller) {
        if (max == 0) {
            return true;
        }
        boolean[] isAcquired = new boolean[1];
        held.compute(caller, (name, current) -> {
            int count = current == null ? 0 : current;
            isAcquired[0] = count < max;
            return isAcquired[0] ? Integer.valueOf(count + 1) : current;
        });
        return isAcquired[0];
    }

    /** Gives back one permit of the caller. */
    public void release(String caller) {
        held.computeIfPresent(caller, (name, count) -> count == 1 ? null : count - 1);
    }

    /** Returns the maximum of one caller; 0 for no limit. */
    public int max() {
        return max;
    }

    /** Returns how many callers have a permit; 0 if there is no limit. */
    public int callers() {
        return held.size();
    }
}
