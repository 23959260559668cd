package io.heartline.reports.read.feed;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.reports.feed.Change;
import io.heartline.reports.feed.ChangeReason;
import io.heartline.reports.feed.ChangeStore;
import io.heartline.reports.fold.ReportKey;
import io.heartline.reports.worker.TestDatabase;
import io.heartline.web.limit.ConcurrencyLimit;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessResourceFailureException;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

class FeedClientsIT {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final Duration POLL_INTERVAL = Duration.ofMillis(10);

    private final TestDatabase database = new TestDatabase();
    private final ChangeStore changes = new ChangeStore(database.mongo);
    private final AtomicInteger polls = new AtomicInteger();
    private final AtomicInteger failures = new AtomicInteger();
    private final FeedClients clients = new FeedClients(
            new Mirror(database).reader,
            new FeedWatch(Mono.defer(this::poll), POLL_INTERVAL, Schedulers.parallel()),
            new ConcurrencyLimit(10, exceeded -> new IllegalStateException()),
            Duration.ofMillis(300));

    @BeforeEach
    void start() {
        clients.start();
    }

    @AfterEach
    void close() {
        clients.stop();
        database.close();
    }

    private Mono<Long> poll() {
        polls.incrementAndGet();
        return failures.getAndDecrement() > 0
                ? Mono.error(new DataAccessResourceFailureException("MongoDB is down"))
                : changes.last();
    }

    private void enter(String author) {
        changes.append(List.of(
                Change.of(new ReportKey(TestDatabase.WEEK, author), ChangeReason.erased, database.clock.instant())));
    }

    @Test
    void streamWithoutChanges_hasHeartbeats_withItsPlace() {
        enter("alice");

        List<FeedClients.Event> events =
                clients.follow("after", null, "caller").take(3).collectList().block(TIMEOUT);

        assertThat(events.get(0).item()).isNotNull();
        assertThat(events.subList(1, 3)).allSatisfy(heartbeat -> {
            assertThat(heartbeat.item()).isNull();
            assertThat(heartbeat.next()).isEqualTo(events.get(0).next());
        });
    }

    @Test
    void failedPoll_delaysNoChange() {
        failures.set(2);

        List<FeedClients.Event> events = clients.follow("after", null, "caller")
                .doOnNext(event -> enter("alice"))
                .take(3)
                .collectList()
                .block(TIMEOUT);

        assertThat(events.stream().skip(1))
                .allSatisfy(event -> assertThat(event.item()).isNotNull());
    }

    @Test
    void feedIsPolled_onlyWhileClientsWait() {
        assertThat(polls).hasValue(0);

        clients.page(null, 10, Duration.ofMillis(100), "caller").block(TIMEOUT);

        int after = polls.get();
        assertThat(after).isPositive();
        clients.page(null, 10, Duration.ZERO, "caller").block(TIMEOUT);
        assertThat(polls).hasValue(after);
    }

    @Test
    void stop_answersWaitingRequests() {
        Mono<FeedReader.Page> page = clients.page(null, 10, TIMEOUT, "caller")
                .doOnSubscribe(waiting -> Mono.delay(Duration.ofMillis(200)).subscribe(now -> clients.stop()));

        assertThat(page.block(Duration.ofSeconds(20)).isMoved()).isFalse();
    }
}
