package io.heartline.reports.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.events.LikesLog;
import io.heartline.events.Position;
import io.heartline.quickstart.backends.FaultyRelay;
import io.heartline.quickstart.backends.FreePorts;
import io.heartline.quickstart.backends.InProcessKafka;
import io.heartline.quickstart.backends.InProcessKafka.Node;
import io.heartline.quickstart.backends.InProcessKafka.RelayListener;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.ContextConfiguration;

/** Requests wait while the broker is down, or after its connections were dropped silently. */
@DirtiesContext // the broker stops after this class
@Tag("slow")
@ContextConfiguration(initializers = KafkaUnreachableIT.ThroughARelay.class)
class KafkaUnreachableIT extends AbstractReadApiIT {

    /** The maximum time until the client closes a silent connection and repeats the lookup. */
    private static final Duration RECOVERY = Duration.ofSeconds(25);

    private static final int PARTITION = 1;

    @TempDir
    private static Path folder;

    private static InProcessKafka broker;
    private static FaultyRelay relay;

    private final ExecutorService callers = Executors.newCachedThreadPool();
    private final String author = uniqueAuthor(PARTITION);
    private LikesLog log;
    private Position last;

    static final class ThroughARelay implements ApplicationContextInitializer<ConfigurableApplicationContext> {

        @Override
        public void initialize(ConfigurableApplicationContext context) {
            TestPropertyValues.of("spring.kafka.bootstrap-servers=127.0.0.1:" + relay.port())
                    .applyTo(context);
        }
    }

    @BeforeAll
    static void startBroker() throws Exception {
        int[] ports = FreePorts.find(3);
        relay = new FaultyRelay(ports[2]);
        broker = InProcessKafka.startRelayed(
                folder.resolve("kafka"),
                Uuid.randomUuid().toString(),
                new Node(1, ports[0], ports[1]),
                new RelayListener(ports[2], relay.port()));
    }

    @AfterAll
    static void stopBroker() {
        relay.close();
        broker.close();
    }

    @BeforeEach
    void oneLike() throws Exception {
        relay.heal();
        log = createTopic();
        last = append(log, author);
        setProgress(log.epoch(), PARTITION, last.offset(), AS_OF);
        assertThat(readAtLeast(beyond(), 30).text()).contains("beyond the end");
    }

    @AfterEach
    void stopCallers() {
        relay.heal();
        callers.shutdownNow();
    }

    private Position beyond() {
        return new Position(log.epoch(), PARTITION, last.offset() + 1_000_000);
    }

    private HttpAnswer readAtLeast(Position position, int waitSeconds) {
        return get("/v1/authors/" + author + "/reports/current?atLeast=" + position + "&wait=" + waitSeconds);
    }

    private CompletableFuture<HttpAnswer> readAtLeastAsync(Position position, int waitSeconds) {
        return CompletableFuture.supplyAsync(() -> readAtLeast(position, waitSeconds), callers);
    }

    @Test
    void brokerUnreachable_requestsWaitForTheirTimeout_andReadTheirWrites() throws Exception {
        Position appended = append(log, author, broker.bootstrapServers());
        relay.blackHole();
        long start = System.nanoTime();
        CompletableFuture<HttpAnswer> pending = readAtLeastAsync(appended, 30);

        HttpAnswer timedOut = readAtLeast(beyond(), 5);

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofSeconds(5));
        assertThat(timedOut.status()).isEqualTo(412);
        assertThat(timedOut.json().path("detail").stringValue()).isEqualTo(beyond() + " is not included yet.");
        assertThat(pending).isNotDone();
        setProgress(log.epoch(), PARTITION, appended.nextOffset(), AS_OF);
        assertThat(pending.get(5, TimeUnit.SECONDS).status()).isEqualTo(200);
    }

    @Test
    void brokerReachableAgain_waitingRequestsBeyondTheEndAreRefused() throws Exception {
        relay.blackHole();
        assertThat(readAtLeast(beyond(), 5).text()).contains("is not included yet");
        CompletableFuture<HttpAnswer> pending = readAtLeastAsync(beyond(), 30);

        relay.heal();

        assertThat(pending.get(RECOVERY.toSeconds(), TimeUnit.SECONDS).text()).contains("beyond the end");
    }

    @Test
    void connectionDroppedSilently_isReplaced_andTheRequestIsRefused() throws Exception {
        relay.dropTargets();

        assertThat(readAtLeastAsync(beyond(), 30)
                        .get(RECOVERY.toSeconds(), TimeUnit.SECONDS)
                        .text())
                .contains("beyond the end");
    }
}
