package io.heartline.producer.kafka;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The current session, or a future of the next session. Any thread may invalidate the session; only the monitor's thread
 * publishes one.
 *
 * <p>A state is replaced only after its session is published. So no caller waits for a future that nothing completes.
 */
final class SessionReference {

    private final AtomicReference<State> state = new AtomicReference<>(State.unavailable(null));

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
     * One value, so that no thread sees the future without the outage that it ends.
     *
     * @param session complete while a session is current
     * @param waiters incomplete futures of callers that wait for the session
     * @param outage the outage that the session ends; null before the first session, and for a session that replaces another
     */
    private record State(
            CompletableFuture<LogSession> session,
            Set<CompletableFuture<LogSession>> waiters,
            @Nullable Outage outage) {

        static State unavailable(@Nullable Outage outage) {
            return new State(new CompletableFuture<>(), ConcurrentHashMap.newKeySet(), outage);
        }

        static State available(LogSession session) {
            return new State(CompletableFuture.completedFuture(session), Set.of(), null);
        }

        /** Returns a new future of the session. It is removed when it completes, in any way. */
        CompletableFuture<LogSession> newWaiter() {
            CompletableFuture<LogSession> waiter = new CompletableFuture<>();
            waiters.add(waiter);
            waiter.whenComplete((published, e) -> waiters.remove(waiter));
            // added first: either this thread sees the session, or the publishing thread sees the waiter
            LogSession published = session.getNow(null);
            if (published != null) {
                waiter.complete(published);
            }
            return waiter;
        }

        /** Returns false if another session was published before. */
        boolean publish(LogSession published) {
            if (!session.complete(published)) {
                return false;
            }
            waiters.forEach(waiter -> waiter.complete(published));
            return true;
        }
    }

    /** Returns the current session, or null if there is none. */
    @Nullable
    LogSession current() {
        return state.get().session().getNow(null);
    }

    /**
     * Returns a future of the current or next session. A caller may cancel it or let it time out. A dependent of one long-lived future
     * could not be released then, so an outage would fill the heap.
     *
     * @return a future whose callbacks run on the monitor's thread
     */
    CompletableFuture<LogSession> whenAvailable() {
        State current = state.get();
        LogSession session = current.session().getNow(null);
        return session == null ? current.newWaiter() : CompletableFuture.completedFuture(session);
    }

    /** Returns the number of callers that wait for a session. */
    int waiters() {
        return state.get().waiters().size();
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
                && state.compareAndSet(before, State.unavailable(new Outage(System.nanoTime(), reason)));
    }

    /** Makes a session current. Called by the monitor's thread only. */
    void publish(LogSession session) {
        while (true) {
            State before = state.get();
            if (before.publish(session)) {
                return;
            }
            // a session was current: this one replaces it, unless that one was invalidated in between
            if (state.compareAndSet(before, State.available(session))) {
                return;
            }
        }
    }
}
