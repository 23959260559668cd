package io.heartline.gateway.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heartline.gateway.GatewayProcess;
import io.heartline.gateway.SteadyLikeProducer;
import io.heartline.gateway.TestTopic;
import io.heartline.gateway.WebSocketReaders;
import io.heartline.quickstart.backends.Backends;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Clients that read nothing leave more unread bytes than the gateway has memory, long before the stall timeout of 30 s. Each can
 * leave some 100 KB: Netty's high-water mark and a batch.
 */
class OutboundBufferLimitIT {

    private static final int AUTHORS = 4;
    private static final int HEALTHY_OF_EACH = 5;
    private static final int STALLED_OF_EACH = 60; // 24 MB in total, of 16 MB for all connections
    private static final int LIKES_PER_SECOND = 40;
    private static final int PADDING_BYTES = 4_000;

    @Test
    void limitExceeded_stalledReadersAreDisconnected_andEveryReaderReceivesAll() throws Exception {
        try (TestTopic likes = new TestTopic(Backends.unique("likes"));
                GatewayProcess gateway = new GatewayProcess(
                        "-Xmx64m -XX:MaxDirectMemorySize=16m", likes, "heartline.gateway.ring.size=16MB");
                WebSocketReaders healthy = new WebSocketReaders(gateway::url);
                WebSocketReaders stalled = new WebSocketReaders(gateway::url)) {
            List<String> authors = new ArrayList<>();
            for (int partition = 0; partition < AUTHORS; partition++) {
                String author = likes.author(partition);
                authors.add(author);
                for (int i = 0; i < HEALTHY_OF_EACH; i++) {
                    healthy.read(author, like -> {});
                }
                for (int i = 0; i < STALLED_OF_EACH; i++) {
                    stalled.read(author, like -> {});
                }
            }
            List<WebSocketReaders.WebSocketReader> allReaders = new ArrayList<>(healthy.all());
            allReaders.addAll(stalled.all());
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> allReaders.stream().allMatch(reader -> reader.hellos == 1));
            SteadyLikeProducer steady = new SteadyLikeProducer(likes, authors, LIKES_PER_SECOND, PADDING_BYTES);

            stalled.all().forEach(WebSocketReaders.WebSocketReader::stall);
            steady.start();
            await().atMost(Duration.ofSeconds(25))
                    .until(() -> gateway.metric("heartline_gateway_closed_total", "unread")
                            >= stalled.all().size() / 2);
            steady.stop();
            await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertReceivedAll(healthy.all(), steady));
            stalled.all().forEach(WebSocketReaders.WebSocketReader::resumeReading);

            await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertReceivedAll(stalled.all(), steady));
            assertThat(allReaders)
                    .allSatisfy(reader -> assertThat(reader.violation).isNull());
            assertThat(healthy.all())
                    .allSatisfy(reader -> assertThat(reader.hellos).isOne());
            assertThat(gateway.log()).doesNotContain("MemoryError");
        }
    }

    private static void assertReceivedAll(List<WebSocketReaders.WebSocketReader> readers, SteadyLikeProducer steady) {
        assertThat(readers)
                .allSatisfy(reader -> assertThat(reader.eventsByAuthor()).isEqualTo(steady.counts(reader.authors)));
    }
}
