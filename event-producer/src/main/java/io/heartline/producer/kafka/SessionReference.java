package io.heartline.producer.kafka;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The current session, or a future of the next session. Any thread may invalidate the session; only the monitor's thread
 * publishes one.
 *
 * <p>A state is replaced only after its future is complete. So no caller waits for a future that nothing completes.
 */
final class SessionReference {

    private final AtomicReference<State> state = new AtomicReference<>(new State(new CompletableFuture<>(), null));

    /**
     * The time and the reason of an event, after which likes cannot be appended.
     *
     * @param nanos time as {@link System#nanoTime()} returns it
     */
    record Outage(long nanos, String reason) {

        boolean isWithin(Duration age) {
            return System.nanoTime() - nanos < age.toNanos();
        }
    }

    /**
     * One value for both, so that no thread sees the future without the outage that it ends.
     *
     * @param session complete while a session is current
     * @param outage the outage that the session ends; null before the first session, and for a session that replaces another
     */
    private record State(
            CompletableFuture<LogSession> session, @Nullable Outage outage) {}

    /** Returns the current session, or null if there is none. */
    @Nullable
    LogSession current() {
        return state.get().session().getNow(null);
    }

    /** Returns a future of the current or next session. A caller may cancel it; its callbacks run on the monitor's thread. */
    CompletableFuture<LogSession> whenAvailable() {
        return state.get().session().copy();
    }

    /** Returns the outage since the last session, or null if a session is current or there was none yet. */
    @Nullable
    Outage outage() {
        State current = state.get();
        return current.session().isDone() ? null : current.outage();
    }

    /**
     * Ends a session. If many likes fail with one session, one of the calls ends it.
     *
     * @param session null if the caller saw no session
     * @return false if another session, or none, is current
     */
    boolean invalidate(@Nullable LogSession session, String reason) {
        State before = state.get();
        return session != null
                && before.session().getNow(null) == session
                && state.compareAndSet(
                        before, new State(new CompletableFuture<>(), new Outage(System.nanoTime(), reason)));
    }

    /** Makes a session current. Called by the monitor's thread only. */
    void publish(LogSession session) {
        while (true) {
            State before = state.get();
            if (before.session().complete(session)) {
                return;
            }
            // a session was current: this one replaces it, unless that one was invalidated in between
            if (state.compareAndSet(before, new State(CompletableFuture.completedFuture(session), null))) {
                return;
            }
        }
    }
}
