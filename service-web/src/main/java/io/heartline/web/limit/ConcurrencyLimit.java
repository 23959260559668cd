package io.heartline.web.limit;

import io.heartline.web.security.SecuritySettings.Mode;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A limit on how many of something exist concurrently on this instance, of all callers and of one caller. A request beyond a limit
 * is refused and never waits. Thread-safe.
 */
public final class ConcurrencyLimit {

    private final int max;
    private final int maxPerCaller;
    private final Scope firstScope;
    private final Function<Exceeded, ? extends RuntimeException> refusal;
    private final Semaphore instancePermits;
    private final ConcurrentMap<String, Integer> callerPermits = new ConcurrentHashMap<>();

    /** What a maximum applies to. */
    public enum Scope {
        /** All callers of this instance. */
        INSTANCE,
        /** One caller. */
        CALLER
    }

    /**
     * The reason of a refusal.
     *
     * @param scope of the maximum that is reached
     * @param max the maximum that is reached
     */
    public record Exceeded(Scope scope, int max) {}

    /** The right to have one or more of something, held until it is released. Thread-safe. */
    public final class Permit {

        private final String caller;
        private int count;
        private boolean isReleased;

        private Permit(String caller, int count) {
            this.caller = caller;
            this.count = count;
        }

        /**
         * Extends this permit by one. Without effect after {@link #release}.
         *
         * @throws RuntimeException the refusal, if a maximum is reached; this permit is unchanged
         */
        public synchronized void add() {
            if (!isReleased) {
                take(caller, 1);
                count++;
            }
        }

        /** Reduces this permit by one. Without effect after {@link #release}, or if this permit is of none. */
        public synchronized void remove() {
            if (!isReleased && count > 0) {
                count--;
                give(caller, 1);
            }
        }

        /** Gives the whole permit back. Only the first call counts. */
        public synchronized void release() {
            if (!isReleased) {
                isReleased = true;
                give(caller, count);
            }
        }
    }

    /**
     * A limit of all callers and of one caller.
     *
     * @param max permits of all callers
     * @param maxPerCaller permits of one caller; 0 for no limit
     * @param firstScope the scope that is checked first, and so named if both maximums are reached
     * @param refusal makes the exception that {@link #acquire(String)} throws
     */
    public ConcurrencyLimit(
            int max, int maxPerCaller, Scope firstScope, Function<Exceeded, ? extends RuntimeException> refusal) {
        this.max = max;
        this.maxPerCaller = maxPerCaller;
        this.firstScope = firstScope;
        this.refusal = refusal;
        this.instancePermits = new Semaphore(max);
    }

    /**
     * A limit of all callers.
     *
     * @param max permits of all callers
     * @param refusal makes the exception that {@link #acquire()} throws
     */
    public ConcurrencyLimit(int max, Function<Exceeded, ? extends RuntimeException> refusal) {
        this(max, 0, Scope.INSTANCE, refusal);
    }

    /**
     * Returns the limit of one caller that is in force. Callers without a token can share an address, so a default could refuse
     * them because of the requests of others.
     *
     * @param configured null if the setting is not set
     * @param defaultWithTokens the default of {@link Mode#JWT}; in {@link Mode#OPEN} there is no limit by default
     * @param mode the mode of the service
     * @return 0 for no limit
     */
    public static int maxPerCaller(@Nullable Integer configured, int defaultWithTokens, Mode mode) {
        if (configured != null) {
            return configured;
        }
        return mode == Mode.JWT ? defaultWithTokens : 0;
    }

    /**
     * Acquires a permit.
     *
     * @param caller see {@link CallerName}
     * @return the permit, to be released
     * @throws RuntimeException the refusal, if a maximum is reached
     */
    public Permit acquire(String caller) {
        return acquire(caller, 1);
    }

    /**
     * Acquires a permit for several together, or for none of them.
     *
     * @param caller see {@link CallerName}
     * @param count the number that the permit is for, at least 1
     * @return the permit, to be released
     * @throws RuntimeException the refusal, if a maximum would be exceeded
     */
    public Permit acquire(String caller, int count) {
        take(caller, count);
        return new Permit(caller, count);
    }

    private void take(String caller, int count) {
        Scope secondScope = firstScope == Scope.CALLER ? Scope.INSTANCE : Scope.CALLER;
        if (!tryAcquire(firstScope, caller, count)) {
            throw refusal(firstScope);
        }
        if (!tryAcquire(secondScope, caller, count)) {
            release(firstScope, caller, count);
            throw refusal(secondScope);
        }
    }

    private void give(String caller, int count) {
        release(Scope.INSTANCE, caller, count);
        release(Scope.CALLER, caller, count);
    }

    /**
     * Acquires a permit, if the limit is one of all callers only.
     *
     * @return the permit, to be released
     * @throws RuntimeException the refusal, if the maximum is reached
     * @throws IllegalStateException if there is a limit of one caller, because the caller is not known
     */
    public Permit acquire() {
        if (maxPerCaller > 0) {
            throw new IllegalStateException("the caller must be given, because there is a limit of one caller");
        }
        return acquire("");
    }

    private boolean tryAcquire(Scope scope, String caller, int count) {
        return scope == Scope.INSTANCE ? instancePermits.tryAcquire(count) : tryAcquireOfCaller(caller, count);
    }

    private boolean tryAcquireOfCaller(String caller, int count) {
        if (maxPerCaller == 0) {
            return true;
        }
        boolean[] isAcquired = new boolean[1];
        callerPermits.compute(caller, (name, current) -> {
            int held = current == null ? 0 : current;
            isAcquired[0] = count <= maxPerCaller - held;
            return isAcquired[0] ? Integer.valueOf(held + count) : current;
        });
        return isAcquired[0];
    }

    private void release(Scope scope, String caller, int count) {
        if (scope == Scope.INSTANCE) {
            instancePermits.release(count);
        } else if (maxPerCaller > 0) {
            callerPermits.computeIfPresent(
                    caller, (name, held) -> held == count ? null : Integer.valueOf(held - count));
        }
    }

    private RuntimeException refusal(Scope scope) {
        return refusal.apply(new Exceeded(scope, scope == Scope.INSTANCE ? max : maxPerCaller));
    }

    /**
     * Returns how many permits are held.
     *
     * @return 0 to {@link #max()}
     */
    public int acquired() {
        return max - instancePermits.availablePermits();
    }

    /**
     * Returns the maximum of all callers.
     *
     * @return the maximum
     */
    public int max() {
        return max;
    }

    /**
     * Returns the maximum of one caller.
     *
     * @return 0 for no limit
     */
    public int maxPerCaller() {
        return maxPerCaller;
    }

    /**
     * Returns how many callers hold a permit.
     *
     * @return 0 if there is no limit of one caller, because callers are not counted then
     */
    public int callers() {
        return callerPermits.size();
    }
}
