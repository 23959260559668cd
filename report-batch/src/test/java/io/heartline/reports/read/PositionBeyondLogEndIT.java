package io.heartline.reports.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.heartline.events.LikeEventRecord;
import io.heartline.events.LikesLog;
import io.heartline.events.Position;
import io.heartline.quickstart.backends.Backends;
import java.time.DayOfWeek;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.test.context.TestPropertySource;

/** Requests for positions beyond the log end, and for positions in the log that no run has folded. */
@TestPropertySource(properties = "heartline.reports.read.waiting=20")
class PositionBeyondLogEndIT extends AbstractReadApiIT {

    private static final Duration SOON = Duration.ofSeconds(10);
    private static final long LONGER_THAN_KAFKA_TAKES_SECONDS = 3;

    // not the common pool: each call blocks a thread, and on two cores that pool has one thread
    private final ExecutorService callers = Executors.newCachedThreadPool();
    private LikesLog log;

    @BeforeEach
    void topic() throws Exception {
        log = createTopic();
    }

    @AfterEach
    void stopCallers() {
        callers.shutdownNow();
    }

    private CompletableFuture<HttpAnswer> readAtLeastAsync(String author, Position position, int waitSeconds) {
        String uri = "/v1/authors/" + author + "/reports/current?atLeast=" + position + "&wait=" + waitSeconds;
        return CompletableFuture.supplyAsync(() -> get(uri), callers);
    }

    private static Position after(Position position) {
        return new Position(position.epoch(), position.partition(), position.nextOffset());
    }

    private static void assertIsBeyondTheEnd(HttpAnswer answer, Position requested, Position last) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(412);
        assertThat(answer.mediaType()).isEqualTo("application/problem+json");
        assertThat(answer.json().path("detail").stringValue())
                .isEqualTo(requested + " lies beyond the end of the log, which is " + last + ".");
        assertThat(answer.json().path("through").stringValue()).endsWith("-start");
        assertThat(answer.headers().getFirst("Retry-After")).isEqualTo("10");
    }

    @Test
    void positionBeyondTheEnd_returns412_withoutWaitingForARun() throws Exception {
        String author = unfoldedAuthor(log, 0);
        Position last = append(log, author);
        long start = System.nanoTime();

        for (String path : new String[] {"/reports/current?", "/reports?", "/reports?format=csv&"}) {
            HttpAnswer answer = get("/v1/authors/" + author + path + "wait=30&atLeast=" + after(last));
            assertIsBeyondTheEnd(answer, after(last), last);
        }

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(SOON);
    }

    @Test
    void likeAppendedAfterTheLookup_isAwaitedUntilARunIncludesIt() throws Exception {
        String author = unfoldedAuthor(log, 1);
        Position first = append(log, author);
        assertIsBeyondTheEnd(readAtLeastAsync(author, after(first), 30).get(30, TimeUnit.SECONDS), after(first), first);

        Position second = append(log, author);
        assertThat(second).isEqualTo(after(first));
        CompletableFuture<HttpAnswer> pending = readAtLeastAsync(author, second, 30);

        assertThatThrownBy(() -> pending.get(LONGER_THAN_KAFKA_TAKES_SECONDS, TimeUnit.SECONDS))
                .isInstanceOf(TimeoutException.class);
        setProgress(log.epoch(), 1, second.nextOffset(), AS_OF);
        HttpAnswer answer = pending.get(30, TimeUnit.SECONDS);
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        assertThat(answer.json().path("through").stringValue()).isEqualTo(second.toString());
    }

    @Test
    void likeAboveAnOpenTransaction_isAwaitedUntilARunIncludesIt() throws Exception {
        String author = unfoldedAuthor(log, 2);
        try (KafkaProducer<byte[], byte[]> transactional = new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        Backends.bootstrapServers(),
                        "transactional.id",
                        Backends.unique("transaction")),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            transactional.initTransactions();
            transactional.beginTransaction();
            transactional.send(
                    LikeEventRecord.of(log, like(author, uniqueWeek(), DayOfWeek.MONDAY, "p-1", "bob"), "/test"));
            transactional.flush();
            Position acknowledged = append(log, author);

            CompletableFuture<HttpAnswer> pending = readAtLeastAsync(author, acknowledged, 30);
            HttpAnswer beyond =
                    readAtLeastAsync(author, after(acknowledged), 30).get(30, TimeUnit.SECONDS);
            assertIsBeyondTheEnd(beyond, after(acknowledged), acknowledged);
            assertThatThrownBy(() -> pending.get(LONGER_THAN_KAFKA_TAKES_SECONDS, TimeUnit.SECONDS))
                    .isInstanceOf(TimeoutException.class);

            transactional.commitTransaction();
            setProgress(log.epoch(), 2, acknowledged.nextOffset(), AS_OF);
            assertThat(pending.get(30, TimeUnit.SECONDS).status()).isEqualTo(200);
        }
    }

    /** The log end is read at most once a second, so some of these requests wait for the second lookup. */
    @Test
    void likesAppendedDuringLookups_areNeverRefused() throws Exception {
        String author = unfoldedAuthor(log, 3);
        Position last = append(log, author);
        for (int i = 0; i < 5; i++) {
            CompletableFuture<HttpAnswer> beyond =
                    readAtLeastAsync(author, new Position(log.epoch(), 3, last.offset() + 1_000_000), 30);
            Position appended = append(log, author);
            CompletableFuture<HttpAnswer> pending = readAtLeastAsync(author, appended, 30);

            assertThat(beyond.get(30, TimeUnit.SECONDS).status()).isEqualTo(412);
            await().during(Duration.ofSeconds(1)).atMost(SOON).until(() -> !pending.isDone());
            setProgress(log.epoch(), 3, appended.nextOffset(), AS_OF);
            assertThat(pending.get(30, TimeUnit.SECONDS).status()).isEqualTo(200);
            last = appended;
        }
    }
}
