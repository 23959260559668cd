package io.heartline.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.heartline.quickstart.backends.Backends;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Under load, SIGTERM replaces two gateways of a load balancer one after the other. No client misses a like. */
@Order(0) // starts first, because it takes long
@Tag("slow")
class RollingRestartIT {

    private static final Logger logger = LoggerFactory.getLogger(RollingRestartIT.class);
    private static final String TOPIC = Backends.unique("likes");
    private static final int PARTITIONS = 4;
    private static final int AUTHORS = 2 * PARTITIONS;
    private static final int READERS_OF_EACH = 12;
    private static final int READERS_OF_SEVERAL = 6;
    private static final int LIKES_PER_SECOND = 100;
    private static final Duration DRAIN = Duration.ofSeconds(4);
    private static TestTopic likes;

    private final List<String> authors = new ArrayList<>();
    private GatewayProcess one;
    private GatewayProcess two;
    private LoadBalancer balancer;
    private WebSocketReaders readers;
    private final List<BrowserScriptReaders> scripts = new ArrayList<>();
    private HttpServer page;
    private SteadyLikeProducer steady;

    @BeforeAll
    static void createTopic() throws Exception {
        likes = new TestTopic(TOPIC);
    }

    @AfterAll
    static void closeProducer() {
        likes.close();
    }

    @BeforeEach
    void start() throws Exception {
        page = BrowserScriptReaders.page();
        String[] settings = {
            "heartline.gateway.drain=" + DRAIN.toSeconds() + "s",
            "heartline.security.allowed-origins=" + BrowserScriptReaders.origin(page)
        };
        one = new GatewayProcess("-Xmx128m", likes, settings);
        two = new GatewayProcess("-Xmx128m", likes, settings);
        balancer = new LoadBalancer(one, two);
        readers = new WebSocketReaders(() -> "ws://127.0.0.1:" + balancer.port());
        for (int i = 0; i < AUTHORS; i++) {
            authors.add(likes.author(i % PARTITIONS));
        }
        steady = new SteadyLikeProducer(likes, authors, LIKES_PER_SECOND, 0);
    }

    @AfterEach
    void stop() throws Exception {
        steady.stop();
        one.close();
        two.close();
        balancer.close();
        readers.close();
        scripts.forEach(BrowserScriptReaders::close);
        page.stop(0);
    }

    @Test
    void rollingRestart_readersReconnect_missNothing_spreadOverDrainPeriod() throws Exception {
        for (String author : authors) {
            for (int i = 0; i < READERS_OF_EACH; i++) {
                readers.read(author, id -> {});
            }
        }
        for (int i = 0; i < READERS_OF_SEVERAL; i++) {
            readers.read(severalAuthors(i), id -> {});
        }
        startScripts();
        await().atMost(Duration.ofSeconds(60))
                .until(() -> readers.all().stream().allMatch(reader -> reader.hellos == 1)
                        && scripts.stream().allMatch(script -> script.areConnected(authors)));
        assertThat(one.metric("heartline_gateway_connections", "")).isPositive();
        assertThat(two.metric("heartline_gateway_connections", "")).isPositive();
        steady.start();

        replace(one);
        List<WebSocketReaders.Close> closes =
                readers.all().stream().flatMap(reader -> reader.closes.stream()).toList();
        replace(two);
        steady.stop();

        try {
            await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(readers.all())
                    .allSatisfy(
                            reader -> assertThat(reader.eventsByAuthor()).isEqualTo(steady.counts(reader.authors))));
        } catch (ConditionTimeoutException e) {
            String sockets = sockets(); // before the other outputs, which take time
            logger.error(
                    "state of the sockets: {}\nof the first gateway: {}\nof the second: {}\nof the balancer: {}",
                    sockets,
                    one.state(),
                    two.state(),
                    balancer);
            throw e;
        }
        assertThat(readers.all()).allSatisfy(reader -> {
            assertThat(reader.violation).isNull();
            assertThat(reader.digests).isZero();
            assertThat(reader.closes).extracting(WebSocketReaders.Close::code).containsOnly(1001);
        });
        for (BrowserScriptReaders script : scripts) {
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(
                            () -> assertThat(authors).as(script.toString()).allSatisfy(author -> {
                                assertThat(script.eventIds(author)).isEqualTo(steady.ids(author));
                                assertThat(script.isResumedAlways(author)).isTrue();
                            }));
        }
        assertClosesAreSpread(closes);
    }

    /** Returns six authors: one or two in each partition. */
    private List<String> severalAuthors(int turn) {
        List<String> several = new ArrayList<>(authors);
        Collections.rotate(several, turn);
        return several.subList(0, AUTHORS - 2);
    }

    /** Starts the streams of heartline.js if Node and Chromium are installed, or if the environment requires them. */
    private void startScripts() throws Exception {
        boolean required = System.getenv("HEARTLINE_REQUIRE_SCRIPTS") != null;
        String url = "http://127.0.0.1:" + balancer.port();
        if (required || BrowserScriptReaders.isInstalled("node")) {
            scripts.add(BrowserScriptReaders.inNode(url, authors));
            scripts.add(BrowserScriptReaders.inNode(url, authors, "--together"));
        }
        if (required || BrowserScriptReaders.isInstalled("chromium")) {
            scripts.add(BrowserScriptReaders.inChromium(page, url, authors));
        }
        logger.info("read by {} sockets and by {}", readers.all().size(), scripts);
    }

    /** Returns the kernel's queues, timers and retransmissions of all sockets; empty if the system is not Linux. */
    private static String sockets() throws IOException {
        StringBuilder sockets = new StringBuilder();
        for (String file : List.of("tcp", "tcp6", "netstat")) {
            Path path = Path.of("/proc/net", file);
            sockets.append(Files.exists(path) ? Files.readString(path) : "");
        }
        return sockets.toString();
    }

    /** Replaces a gateway like an orchestrator: terminates it, waits for its end, and starts a new one. */
    private void replace(GatewayProcess gateway) throws Exception {
        gateway.terminate();
        await().pollInterval(Duration.ofMillis(20)).until(() -> !gateway.isReady());
        // readiness changes a moment before the first connection is closed
        await().pollInterval(Duration.ofMillis(20))
                .until(() -> gateway.get("/v1/authors/alice/likes").statusCode() == 503);
        assertThat(gateway.isAlive()).as("still closing its connections").isTrue();
        assertThat(gateway.isGoneWithin(DRAIN.plusSeconds(30))).isTrue();
        gateway.start();
        await().until(() -> gateway.metric("heartline_gateway_connections", "") >= 0);
    }

    /**
     * The middle half of the closes takes half of the drain period. A pause of this machine can shorten that, so an eighth
     * suffices. FanoutTest has the exact times.
     */
    private static void assertClosesAreSpread(List<WebSocketReaders.Close> closes) {
        long[] nanos = closes.stream()
                .mapToLong(WebSocketReaders.Close::nanos)
                .sorted()
                .toArray();
        assertThat(nanos.length).isGreaterThan(AUTHORS * READERS_OF_EACH / 4);
        Duration middleHalf = Duration.ofNanos(nanos[nanos.length * 3 / 4] - nanos[nanos.length / 4]);
        assertThat(middleHalf)
                .as("time between the first and the third quarter")
                .isGreaterThan(DRAIN.dividedBy(8));
    }
}
