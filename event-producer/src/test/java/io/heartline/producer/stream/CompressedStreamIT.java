package io.heartline.producer.stream;

import static io.heartline.producer.GzipBodies.concat;
import static io.heartline.producer.GzipBodies.gzip;
import static io.heartline.producer.GzipBodies.unfinished;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heartline.producer.LikeBodies;
import io.heartline.producer.LoggedLikes;
import io.heartline.producer.RunningProducer;
import io.heartline.producer.StreamClient;
import io.heartline.producer.like.IngestRequest;
import io.heartline.quickstart.backends.Backends;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Streams in gzip, over a real socket to a real broker. */
class CompressedStreamIT {

    private static final String GZIP = "Content-Encoding: gzip";
    private static final byte[] CORRUPT = {7, 0, 0, 0}; // a block of a reserved type
    private static final String TOPIC = Backends.unique("likes");
    private static final LoggedLikes LOGGED = new LoggedLikes(Backends.bootstrapServers(), TOPIC);

    private static RunningProducer producer;

    private final String author = Backends.unique("author");

    @BeforeAll
    static void start() {
        producer = RunningProducer.on(TOPIC, "server.forward-headers-strategy=native");
    }

    @AfterAll
    static void stop() {
        producer.close();
    }

    private String lines(int count) {
        StringBuilder lines = new StringBuilder();
        for (int number = 1; number <= count; number++) {
            lines.append(LikeBodies.like(author, "liker-" + number)).append('\n');
        }
        return lines.toString();
    }

    private long logged() throws Exception {
        return LOGGED.all().values().stream()
                .filter(like -> like.authorId().equals(author))
                .count();
    }

    private static void assertIsDone(JsonNode result, int accepted) {
        assertThat(result.toString()).isEqualTo("{\"done\":true,\"accepted\":" + accepted + ",\"refused\":0}");
    }

    private static void assertEndsWith(List<JsonNode> results, int status, String detail) {
        JsonNode last = results.get(results.size() - 1);
        assertThat(results.subList(0, results.size() - 1))
                .allSatisfy(
                        result -> assertThat(result.path("status").intValue()).isEqualTo(202));
        assertThat(last.path("line").intValue()).isEqualTo(results.size());
        assertThat(last.path("status").intValue()).isEqualTo(status);
        assertThat(last.at("/problem/status").intValue()).isEqualTo(status);
        assertThat(last.at("/problem/detail").stringValue())
                .contains(detail)
                .endsWith(" This line and all later ones were not logged.");
        assertThat(last.at("/problem/errors/0/header").stringValue()).isEqualTo("Content-Encoding");
    }

    @Test
    void eachLine_isLogged_alsoInConcatenatedMembers() throws Exception {
        byte[] body = gzip(lines(1000));
        try (StreamClient client = new StreamClient(producer.port, GZIP)) {
            for (byte[] member : new byte[][] {body, body}) {
                for (int from = 0; from < member.length; from += 777) {
                    client.write(Arrays.copyOfRange(member, from, Math.min(member.length, from + 777)))
                            .flush();
                }
            }

            List<JsonNode> results = client.end().results();

            assertThat(results).hasSize(2001);
            assertIsDone(results.get(2000), 2000);
        }
        assertThat(logged()).isEqualTo(2000);
    }

    @Test
    void requestIsIncomplete_resultsOfEarlierLinesAreSent() throws Exception {
        try (StreamClient client = new StreamClient(producer.port, GZIP)) {
            client.write(unfinished(lines(3))).flush();

            for (int line = 1; line <= 3; line++) {
                assertThat(client.result().path("line").intValue()).isEqualTo(line);
            }
        }
    }

    @Test
    void corruptInTheMiddle_linesBeforeItAreLogged_andTheLastLineIs400() throws Exception {
        try (StreamClient client = new StreamClient(producer.port, GZIP)) {
            client.write(concat(unfinished(lines(500) + "{\"postId\":"), CORRUPT))
                    .flush();

            List<JsonNode> results = client.results();

            assertThat(results).hasSize(501);
            assertEndsWith(results, 400, "the data of member 1 is corrupt");
            assertThat(client.isClosed()).isTrue();
        }
        assertThat(logged()).isEqualTo(500);
    }

    /** The last line would be a like, if a truncated body were taken for a complete one. */
    @Test
    void truncatedBody_partialLineIsNotLogged_andTheLastLineIs400() throws Exception {
        try (StreamClient client = new StreamClient(producer.port, GZIP, StreamClient.MINIMAL)) {
            client.write(unfinished(lines(1) + LikeBodies.like(author, "last"))).end();

            List<JsonNode> results = client.results();

            assertThat(results).hasSize(1);
            assertThat(results.get(0).path("line").intValue()).isEqualTo(2);
            assertThat(results.get(0).at("/problem/detail").stringValue()).contains("it ends within member 1");
        }
        assertThat(logged()).isEqualTo(1);
    }

    @Test
    void clientDisconnects_sentLinesAreLogged_andTheStreamIsClosed() throws Exception {
        try (StreamClient client = new StreamClient(producer.port, GZIP)) {
            client.write(unfinished(lines(100))).flush();
            assertThat(client.result().path("status").intValue()).isEqualTo(202);
            client.reset();
        }

        await().atMost(Duration.ofSeconds(30)).until(() -> producer.metric("heartline_producer_streams", "") == 0);
        await().atMost(Duration.ofSeconds(30)).until(() -> logged() == 100);
    }

    @Test
    void wrongCrc_theLastLineIs400_notDone() throws Exception {
        byte[] body = gzip(lines(10));
        body[body.length - 8] ^= 1;
        double before = producer.metric("heartline_producer_refused", "invalid-header");
        try (StreamClient client = new StreamClient(producer.port, GZIP)) {
            List<JsonNode> results = client.write(body).end().results();

            assertThat(results).hasSize(11);
            assertEndsWith(results, 400, "the CRC of member 1 is wrong");
        }
        assertThat(producer.metric("heartline_producer_refused", "invalid-header"))
                .isEqualTo(before + 1);
    }

    @Test
    void emptyBody_theLastLineIs400() throws Exception {
        try (StreamClient client = new StreamClient(producer.port, GZIP)) {
            assertEndsWith(client.end().results(), 400, "it is empty");
        }
    }

    @Test
    void lineOf16Kibibytes_isLogged_andOneByteMoreIsRefused() throws Exception {
        String line = padded(1).replace("\n", ""); // one byte short of 16 KiB
        try (StreamClient client = new StreamClient(producer.port, GZIP)) {
            List<JsonNode> results =
                    client.write(gzip(line + " \n" + line + "  \n")).end().results();

            assertThat(results.stream().map(result -> result.path("status").intValue(0)))
                    .containsExactly(202, 413, 0);
        }
    }

    /** Returns lines that compress 500 times, each of 16 KiB with its end. */
    private String padded(int count) {
        String like = LikeBodies.like(author, "bob");
        return (like + " ".repeat(IngestRequest.MAX_LIKE_BYTES - 1 - like.length()) + '\n').repeat(count);
    }

    @Test
    void oneMebibyteOfAnyRatio_isLogged_andMoreIsRefusedWith413() throws Exception {
        try (StreamClient client = new StreamClient(producer.port, GZIP)) {
            assertIsDone(client.write(gzip(padded(64))).end().results().get(64), 64);
        }
        try (StreamClient client = new StreamClient(producer.port, GZIP)) {
            List<JsonNode> results = client.write(gzip(padded(65))).end().results();

            assertEndsWith(results, 413, " inflate to ");
            assertThat(results.get(results.size() - 1).at("/problem/type").stringValue())
                    .isEqualTo("/problems/too-large");
            assertThat(results).hasSizeGreaterThan(60);
            assertThat(logged()).isEqualTo(64 + results.size() - 1);
        }
    }

    @Test
    void throughAProxy_thePreferenceIsRequired_andTheLastLineIsSentAfterTheBody() throws Exception {
        String proxied = "X-Forwarded-For: 10.0.0.1";
        byte[] body = concat(unfinished(lines(2)), CORRUPT);
        try (StreamClient client = new StreamClient(producer.port, GZIP, proxied)) {
            assertThat(client.write(body).end().status()).isEqualTo(400);
            assertThat(client.problem().at("/errors/0/header").stringValue()).isEqualTo("Prefer");
        }
        assertThat(producer.post(
                                gzip(lines(1)),
                                "Content-Type",
                                "application/x-ndjson",
                                "Content-Encoding",
                                "gzip",
                                "X-Forwarded-For",
                                "10.0.0.1")
                        .statusCode())
                .isEqualTo(400);
        try (StreamClient client = new StreamClient(producer.port, GZIP, proxied, StreamClient.MINIMAL)) {
            List<JsonNode> results = client.write(body).end().results();

            assertThat(results).hasSize(1);
            assertThat(results.get(0).path("line").intValue()).isEqualTo(3);
        }
    }
}
