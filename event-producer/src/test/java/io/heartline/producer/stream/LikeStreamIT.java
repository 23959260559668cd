package io.heartline.producer.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heartline.events.LikeEvent;
import io.heartline.producer.LikeBodies;
import io.heartline.producer.LoggedLikes;
import io.heartline.producer.RunningProducer;
import io.heartline.producer.StreamClient;
import io.heartline.quickstart.backends.Backends;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Streams over a real socket to a real broker. */
class LikeStreamIT {

    private static final String TOPIC = Backends.unique("likes");
    private static final LoggedLikes LOGGED = new LoggedLikes(Backends.bootstrapServers(), TOPIC);

    private static RunningProducer producer;

    @BeforeAll
    static void start() {
        producer = RunningProducer.on(TOPIC);
    }

    @AfterAll
    static void stop() {
        producer.close();
    }

    @Test
    void everyLine_isAnsweredInOrder_andLoggedAtItsPosition() throws Exception {
        int count = 5000;
        try (StreamClient client = new StreamClient(producer.port)) {
            CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> write(client, count, 7));

            List<JsonNode> results = client.results();

            writing.join();
            assertThat(client.status()).isEqualTo(200);
            assertThat(client.header("Content-Type")).isEqualTo("application/x-ndjson");
            assertThat(results).hasSize(count + 1);
            assertThat(results.get(count).toString())
                    .isEqualTo(
                            "{\"done\":true,\"accepted\":" + (count - count / 10) + ",\"refused\":" + count / 10 + "}");
            Map<String, LikeEvent> logged = LOGGED.all();
            for (int i = 0; i < count; i++) {
                assertIsResultOf(i, results.get(i), logged);
            }
        }
    }

    /** Sends pieces that do not end with a line. Every tenth line has no liker. */
    private static void write(StreamClient client, int count, int piece) {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < count; i++) {
            lines.append(
                            i % 10 == 9
                                    ? "{\"postId\":\"p-1\",\"authorId\":\"a\"}"
                                    : LikeBodies.like("author-" + i, "liker-" + i))
                    .append(i % 3 == 0 ? "\r\n" : "\n");
        }
        try {
            for (int from = 0; from < lines.length(); from += piece * 1000 + 1) {
                client.write(lines.substring(from, Math.min(lines.length(), from + piece * 1000 + 1)))
                        .flush();
            }
            client.end();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void assertIsResultOf(int i, JsonNode result, Map<String, LikeEvent> logged) {
        assertThat(result.path("line").longValue()).isEqualTo(i + 1);
        if (i % 10 == 9) {
            assertThat(result.path("status").intValue()).isEqualTo(400);
            assertThat(result.at("/problem/errors/0/pointer").stringValue()).isEqualTo("/likerId");
            return;
        }
        assertThat(result.path("status").intValue()).isEqualTo(202);
        LikeEvent event = logged.get(result.path("position").stringValue());
        assertThat(event.id()).isEqualTo(result.path("eventId").stringValue());
        assertThat(event.likerId()).isEqualTo("liker-" + i);
    }

    @Test
    void requestIsIncomplete_resultsOfEarlierLinesAreSent() throws Exception {
        try (StreamClient client = new StreamClient(producer.port)) {
            for (int i = 1; i <= 3; i++) {
                client.write(LikeBodies.lines(i, 1)).flush();

                assertThat(client.result().path("line").intValue()).isEqualTo(i);
            }
            assertThat(client.end().results()).hasSize(1);
        }
    }

    @Test
    void returnMinimal_onlyRefusedLinesAreReported() throws Exception {
        try (StreamClient client = new StreamClient(producer.port, "Prefer: return=minimal")) {
            List<JsonNode> results = client.write(LikeBodies.lines(0, 100) + "oops\n" + LikeBodies.lines(0, 100))
                    .end()
                    .results();

            assertThat(client.header("Preference-Applied")).isEqualTo("return=minimal");
            assertThat(results).hasSize(2);
            assertThat(results.get(0).path("line").intValue()).isEqualTo(101);
            assertThat(results.get(1).toString()).isEqualTo("{\"done\":true,\"accepted\":200,\"refused\":1}");
        }
    }

    @Test
    void invalidOrOversizedLine_isReportedByNumber_andOthersAreAccepted() throws Exception {
        String oversized = "{\"postId\":\"" + "x".repeat(100_000) + "\"}\n";
        try (StreamClient client = new StreamClient(producer.port)) {
            List<JsonNode> results = client.write(
                            LikeBodies.lines(0, 1) + oversized + "\n[]\n" + LikeBodies.lines(0, 1))
                    .write(LikeBodies.like("a", "the-last-line-has-no-end"))
                    .end()
                    .results();

            assertThat(results.stream().map(result -> result.path("status").intValue(0)))
                    .containsExactly(202, 413, 400, 400, 202, 202, 0);
            assertThat(results.get(1).at("/problem/type").stringValue()).isEqualTo("/problems/too-large");
            assertThat(results.get(2).at("/problem/errors/0/detail").stringValue())
                    .isEqualTo("is empty");
        }
    }

    @Test
    void emptyBody_returnsOnlyTheSummary() throws Exception {
        try (StreamClient client = new StreamClient(producer.port)) {
            assertThat(client.end().results().toString()).isEqualTo("[{\"done\":true,\"accepted\":0,\"refused\":0}]");
        }
    }

    /** The results of 10 000 lines are 1 MB, which fits into the service and the sockets, so the stream does not stop. */
    @Test
    void clientReadsAfterWriting_receivesEveryResult() throws Exception {
        int count = 10_000;
        try (StreamClient client = new StreamClient(producer.port)) {
            for (int i = 0; i < count; i += 1000) {
                client.write(LikeBodies.lines(i, 1000));
            }

            List<JsonNode> results = client.end().results();

            assertThat(results).hasSize(count + 1);
            assertThat(results.get(count).path("accepted").intValue()).isEqualTo(count);
        }
    }

    @Test
    void clientDisconnects_acknowledgedLinesAreLogged() throws Exception {
        List<JsonNode> received = new ArrayList<>();
        try (StreamClient client = new StreamClient(producer.port)) {
            client.write(LikeBodies.lines(0, 20_000).substring(0, 1_000_003)).flush();
            for (int i = 0; i < 1000; i++) {
                received.add(client.result());
            }
        }

        Map<String, LikeEvent> logged = LOGGED.all();
        assertThat(received).allSatisfy(result -> assertThat(
                        logged.get(result.path("position").stringValue()).id())
                .isEqualTo(result.path("eventId").stringValue()));
        await().atMost(Duration.ofSeconds(30))
                .until(() -> producer.metric("heartline_producer_streams", "") == 0
                        && producer.metric("heartline_producer_in_flight", "") == 0);
    }

    @Test
    void idempotencyKey_givesEachLineTheIdOfItsSingleLike() throws Exception {
        String key = Backends.unique("key");
        Map<Integer, String> ids = new HashMap<>();
        for (int attempt = 0; attempt < 2; attempt++) {
            try (StreamClient client = new StreamClient(producer.port, "Idempotency-Key: " + key)) {
                for (JsonNode result :
                        client.write(LikeBodies.lines(0, 3)).end().results().subList(0, 3)) {
                    String id = result.path("eventId").stringValue();
                    assertThat(ids.merge(result.path("line").intValue(), id, (one, other) -> one))
                            .isEqualTo(id);
                }
            }
        }

        assertThat(ids.values()).doesNotHaveDuplicates();
        JsonNode alone =
                RunningProducer.json(producer.post(LikeBodies.lines(1, 1).strip(), "Idempotency-Key", key + "/2"));
        assertThat(alone.path("eventId").stringValue()).isEqualTo(ids.get(2));
    }
}
