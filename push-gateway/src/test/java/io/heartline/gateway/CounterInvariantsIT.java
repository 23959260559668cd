package io.heartline.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heartline.events.LikeEventJson;
import io.heartline.events.Liked;
import io.heartline.events.Position;
import io.heartline.quickstart.backends.Backends;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** After a thousand clients, filters, a client that does not read and a replay, each record and event has one outcome. */
@Tag("slow")
class CounterInvariantsIT {

    private static final String TOPIC = Backends.unique("likes");
    private static final int AUTHORS = 10;
    private static final int FOLLOWERS_OF_EACH = 100;
    private static final int FILTERED_OF_EACH = 20;
    private static final int EVENTS_OF_EACH = 30;
    private static final int OF_THE_POST = 10;
    private static final int MANY = 3_000;

    @Test
    void counters_afterManyReaders_addUp() throws Exception {
        try (TestTopic likes = new TestTopic(TOPIC);
                GatewayProcess gateway =
                        new GatewayProcess("-Xmx256m", likes, "heartline.gateway.digest-threshold=100");
                WebSocketReaders live = new WebSocketReaders(gateway::url);
                WebSocketReaders late = new WebSocketReaders(gateway::url)) {
            List<String> authors = new ArrayList<>();
            for (int i = 0; i < AUTHORS; i++) {
                String author = Backends.unique("author");
                authors.add(author);
                for (int reader = 0; reader < FOLLOWERS_OF_EACH; reader++) {
                    live.read(author, null, reader < FILTERED_OF_EACH ? "&post=p-9" : "", id -> {});
                }
            }
            String busy = Backends.unique("author");
            WebSocketReaders.WebSocketReader stalled = live.read(busy, id -> {});
            WebSocketReaders.WebSocketReader leaver = live.read(busy, id -> {});
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> live.all().stream().allMatch(reader -> reader.hellos == 1));

            stalled.stall();
            leaver.stall();
            for (int i = 0; i < MANY; i++) {
                likes.sendAsync(busy, like(busy, i, "p-1", "x".repeat(1_000)));
            }
            for (int i = 0; i < EVENTS_OF_EACH; i++) {
                for (String author : authors) {
                    likes.sendAsync(author, like(author, i, i < OF_THE_POST ? "p-9" : "p-1", ""));
                }
            }
            likes.send(authors.get(0), "no event");
            likes.send("author-without-clients", like("author-without-clients", 1, "p-1", ""));
            await().atMost(Duration.ofSeconds(60)).until(() -> records(gateway, "") == MANY + 302);
            // clients that do not read count at the next tick
            await().untilAsserted(() -> assertThat(gateway.metric("heartline_gateway_matched_total", "")
                            - gateway.metric("heartline_gateway_outcomes_total", ""))
                    .isEqualTo(gateway.metric("heartline_gateway_pending", ""))
                    .isPositive());
            assertThat(gateway.metric("heartline_gateway_ring_bytes", "")).isGreaterThan(MANY * 1_000.0);
            leaver.disconnect();
            await().until(() -> gateway.metric("heartline_gateway_outcomes_total", "abandoned") > 0);
            stalled.resumeReading();
            String replayed = authors.get(3);
            int partition = likes.log.partitionOf(replayed);
            for (int i = 0; i < 50; i++) {
                late.read(replayed, new Position(likes.log.epoch(), partition, Position.BEFORE_FIRST), "", id -> {});
            }

            await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
                assertThat(stalled.eventsReceived).isEqualTo(MANY);
                assertThat(late.all())
                        .allSatisfy(reader -> assertThat(reader.eventsReceived).isEqualTo(EVENTS_OF_EACH));
            });
            live.all().forEach(WebSocketReaders.WebSocketReader::disconnect);
            late.all().forEach(WebSocketReaders.WebSocketReader::disconnect);
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> gateway.metric("heartline_gateway_connections", "") == 0);

            assertThat(gateway.metric("heartline_gateway_consumed_total", "")).isEqualTo(records(gateway, ""));
            assertThat(gateway.metric("heartline_gateway_partitions", "")).isEqualTo(likes.log.partitions());
            assertThat(records(gateway, "followed\"")).isEqualTo(MANY + AUTHORS * EVENTS_OF_EACH + 1);
            assertThat(records(gateway, "unfollowed")).isEqualTo(1);
            assertThat(records(gateway, "unreadable")).isEqualTo(1);
            double matched = gateway.metric("heartline_gateway_matched_total", "");
            assertThat(matched).isEqualTo(2 * MANY + AUTHORS * FOLLOWERS_OF_EACH * EVENTS_OF_EACH);
            assertThat(gateway.metric("heartline_gateway_outcomes_total", "")).isEqualTo(matched);
            assertThat(outcome(gateway, "filtered"))
                    .isEqualTo(AUTHORS * FILTERED_OF_EACH * (EVENTS_OF_EACH - OF_THE_POST));
            assertThat(outcome(gateway, "digested")).isPositive();
            assertThat(outcome(gateway, "abandoned")).isPositive();
            assertThat(gateway.metric("heartline_gateway_replayed_total", "")).isEqualTo(50 * EVENTS_OF_EACH);
            assertThat(gateway.metric("heartline_gateway_closed_total", "left"))
                    .isEqualTo(AUTHORS * FOLLOWERS_OF_EACH + 2 + 50);
            assertThat(gateway.metric("heartline_gateway_latency_seconds_count", ""))
                    .isPositive();
            assertThat(gateway.metric("heartline_gateway_lag", "")).isZero();
            assertThat(live.all())
                    .allSatisfy(reader -> assertThat(reader.violation).isNull());
        }
    }

    private static double records(GatewayProcess gateway, String outcome) throws Exception {
        return gateway.metric("heartline_gateway_records_total", outcome);
    }

    private static double outcome(GatewayProcess gateway, String outcome) throws Exception {
        return gateway.metric("heartline_gateway_outcomes_total", outcome);
    }

    private static String like(String author, int number, String post, String padding) {
        Liked event = new Liked("e-" + number, post, author, "bob", Instant.EPOCH);
        String json = new String(LikeEventJson.encode(event), StandardCharsets.UTF_8);
        return json.substring(0, json.length() - 1) + ",\"padding\":\"" + padding + "\"}";
    }
}
