package io.heartline.producer.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heartline.events.LikesLog;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class SessionReferenceTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final int SESSIONS = 10_000;
    private static final int INVALIDATING_THREADS = 3;

    private static final LikesLog LOG = new LikesLog("likes", Uuid.randomUuid(), 1);
    private static final TrackedProducer PRODUCER =
            new TrackedProducer(new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer()));

    private final SessionReference sessions = new SessionReference();

    private static LogSession session() {
        return new LogSession(LOG, PRODUCER);
    }

    @Test
    void beforeTheFirstSession_noSessionIsCurrent_andThereIsNoOutage() {
        assertThat(sessions.current()).isNull();
        assertThat(sessions.outage()).isNull();
        assertThat(sessions.whenAvailable()).isNotDone();
    }

    @Test
    void publish_completesAllWaiters() {
        LogSession session = session();
        CompletableFuture<LogSession> one = sessions.whenAvailable();
        CompletableFuture<LogSession> other = sessions.whenAvailable();

        sessions.publish(session);

        assertThat(one).isCompletedWithValue(session);
        assertThat(other).isCompletedWithValue(session);
        assertThat(sessions.current()).isSameAs(session);
    }

    @Test
    void cancelledWaiter_doesNotCancelTheOthers() {
        CompletableFuture<LogSession> other = sessions.whenAvailable();
        sessions.whenAvailable().cancel(false);
        LogSession session = session();

        sessions.publish(session);

        assertThat(other).isCompletedWithValue(session);
        assertThat(sessions.current()).isSameAs(session);
    }

    @Test
    void waiterTimesOutOrIsCancelled_isReleased() {
        CompletableFuture<LogSession> timedOut = sessions.whenAvailable().orTimeout(1, TimeUnit.MILLISECONDS);
        CompletableFuture<LogSession> cancelled = sessions.whenAvailable();
        sessions.whenAvailable();

        cancelled.cancel(false);

        assertThat(timedOut).failsWithin(TIMEOUT);
        await().atMost(TIMEOUT).until(() -> sessions.waiters() == 1);
        sessions.publish(session());
        assertThat(sessions.waiters()).isZero();
    }

    @Test
    void invalidate_endsTheSession_withTheOutage_untilTheNextSession() {
        LogSession session = session();
        sessions.publish(session);

        assertThat(sessions.invalidate(session, "a fatal error")).isTrue();

        assertThat(sessions.current()).isNull();
        assertThat(sessions.outage().reason()).isEqualTo("a fatal error");
        CompletableFuture<LogSession> next = sessions.whenAvailable();
        assertThat(next).isNotDone();
        sessions.publish(session());
        assertThat(next).isCompleted();
        assertThat(sessions.outage()).isNull();
    }

    @Test
    void invalidateOfAnEarlierSession_orOfNone_changesNothing() {
        LogSession earlier = session();
        sessions.publish(earlier);
        sessions.invalidate(earlier, "first");

        assertThat(sessions.invalidate(earlier, "second")).isFalse();
        assertThat(sessions.invalidate(null, "third")).isFalse();

        assertThat(sessions.outage().reason()).isEqualTo("first");
        LogSession current = session();
        sessions.publish(current);
        assertThat(sessions.invalidate(earlier, "fourth")).isFalse();
        assertThat(sessions.current()).isSameAs(current);
    }

    @Test
    void publishWhileASessionIsCurrent_replacesIt() {
        LogSession replaced = session();
        LogSession current = session();
        sessions.publish(replaced);

        sessions.publish(current);

        assertThat(sessions.current()).isSameAs(current);
        assertThat(sessions.whenAvailable()).isCompletedWithValue(current);
        assertThat(sessions.invalidate(replaced, "too late")).isFalse();
    }

    /** A future that is replaced while it is incomplete would never complete. */
    @RepeatedTest(5)
    void concurrentPublishAndInvalidate_noWaiterIsLost() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(INVALIDATING_THREADS);
        try {
            List<Future<List<CompletableFuture<LogSession>>>> collectors = new ArrayList<>();
            for (int i = 0; i < INVALIDATING_THREADS; i++) {
                collectors.add(threads.submit(this::invalidateAndCollectWaiters));
            }
            while (!collectors.stream().allMatch(Future::isDone)) {
                sessions.publish(session());
            }
            LogSession last = session();
            sessions.publish(last);

            for (Future<List<CompletableFuture<LogSession>>> collector : collectors) {
                assertThat(collector.get(TIMEOUT.toSeconds(), TimeUnit.SECONDS))
                        .hasSize(SESSIONS)
                        .allMatch(CompletableFuture::isDone);
            }
            assertThat(sessions.current()).isSameAs(last);
        } finally {
            threads.shutdownNow();
        }
    }

    private List<CompletableFuture<LogSession>> invalidateAndCollectWaiters() {
        List<CompletableFuture<LogSession>> waiters = new ArrayList<>();
        while (waiters.size() < SESSIONS) {
            sessions.invalidate(sessions.current(), "a race");
            waiters.add(sessions.whenAvailable());
        }
        return waiters;
    }
}
