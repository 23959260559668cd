package io.heartline.producer.http;

import static io.heartline.producer.GzipBodies.concat;
import static io.heartline.producer.GzipBodies.gzip;
import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.events.LikeEvent;
import io.heartline.producer.LikeBodies;
import io.heartline.producer.LoggedLikes;
import io.heartline.producer.RunningProducer;
import io.heartline.producer.like.IngestRequest;
import io.heartline.quickstart.backends.Backends;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Single likes and arrays in gzip. */
class CompressedLikesIT {

    private static final String TOPIC = Backends.unique("likes");
    private static final LoggedLikes LOGGED = new LoggedLikes(Backends.bootstrapServers(), TOPIC);

    private static RunningProducer producer;

    private final String author = Backends.unique("author");
    private final String like = LikeBodies.like(author, "bob");

    @BeforeAll
    static void start() {
        producer = RunningProducer.on(TOPIC);
    }

    @AfterAll
    static void stop() {
        producer.close();
    }

    private static HttpResponse<String> post(byte[] body, String coding) throws Exception {
        return producer.post(body, "Content-Encoding", coding);
    }

    private long logged() throws Exception {
        return LOGGED.all().values().stream()
                .filter(event -> event.authorId().equals(author))
                .count();
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "GZIP", "x-gzip", "X-Gzip"})
    void like_isLogged(String coding) throws Exception {
        HttpResponse<String> answer = post(gzip(like), coding);

        assertThat(answer.statusCode()).isEqualTo(202);
        JsonNode accepted = RunningProducer.json(answer);
        LikeEvent event = LOGGED.all().get(accepted.path("position").stringValue());
        assertThat(event.id()).isEqualTo(accepted.path("eventId").stringValue());
        assertThat(event.authorId()).isEqualTo(author);
    }

    @Test
    void concatenatedMembers_areOneLike() throws Exception {
        assertThat(post(concat(gzip(like.substring(0, 10)), gzip(""), gzip(like.substring(10))), "gzip")
                        .statusCode())
                .isEqualTo(202);
        assertThat(logged()).isEqualTo(1);
    }

    @Test
    void sameLike_hasTheSameEventIdWithAndWithoutCompression() throws Exception {
        String key = Backends.unique("key");

        HttpResponse<String> plain = producer.post(like, "Idempotency-Key", key);
        HttpResponse<String> compressed = producer.post(gzip(like), "Content-Encoding", "gzip", "Idempotency-Key", key);

        assertThat(RunningProducer.json(compressed).path("eventId"))
                .isEqualTo(RunningProducer.json(plain).path("eventId"));
    }

    @Test
    void arrayInGzip_hasTheEventIdsOfThePlainArray() throws Exception {
        String array = "[" + like + ",{}," + LikeBodies.like(author, "carol") + "]";
        String key = Backends.unique("key");

        HttpResponse<String> plain = producer.post(array, "Idempotency-Key", key);
        HttpResponse<String> compressed =
                producer.post(gzip(array), "Content-Encoding", "gzip", "Idempotency-Key", key);

        assertThat(compressed.statusCode()).isEqualTo(200);
        JsonNode results = RunningProducer.json(compressed);
        assertThat(results.path("accepted").intValue()).isEqualTo(2);
        for (int i : new int[] {0, 2}) {
            assertThat(results.at("/results/" + i + "/eventId"))
                    .isEqualTo(RunningProducer.json(plain).at("/results/" + i + "/eventId"));
        }
    }

    @Test
    void truncatedArray_isRefusedWhole() throws Exception {
        byte[] array = gzip("[" + like + "]");

        HttpResponse<String> refused = post(Arrays.copyOf(array, array.length - 1), "gzip");

        assertRefused(refused, 400, "is gzip, but the body is not: it ends within member 1");
        assertThat(logged()).isZero();
    }

    @Test
    void arrayOverItsInflatedLimit_isRefusedWith413() throws Exception {
        int spaces = 16 * 1024 * 1024 - like.length() - 2;

        assertThat(producer.post(
                                concat(gzip("[" + like), gzip(whitespace(spaces)), gzip("]")),
                                "Content-Encoding",
                                "gzip")
                        .statusCode())
                .isEqualTo(200);
        assertThat(producer.post(
                                concat(gzip("[" + like), gzip(whitespace(spaces + 1)), gzip("]")),
                                "Content-Encoding",
                                "gzip")
                        .statusCode())
                .isEqualTo(413);
    }

    /** Returns whitespace that compresses less than a repeated character does. */
    private static String whitespace(int length) {
        Random random = new Random(length);
        StringBuilder text = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            text.append(" \n\t\r".charAt(random.nextInt(4)));
        }
        return text.toString();
    }

    @ParameterizedTest
    @ValueSource(strings = {"br", "deflate", "gzip, gzip", "gzip, identity", "identity, identity", "gzip;q=1", ","})
    void otherCoding_orMoreThanOne_isRefusedWith415(String coding) throws Exception {
        HttpResponse<String> refused = post(gzip(like), coding);

        assertRefused(refused, 415, "must be gzip or identity, given once");
        assertThat(refused.headers().allValues("Accept-Encoding")).containsExactly("gzip, identity");
    }

    @Test
    void codingInTwoHeaders_isRefusedWith415() throws Exception {
        assertRefused(
                producer.post(gzip(like), "Content-Encoding", "gzip", "Content-Encoding", "gzip"),
                415,
                "must be gzip or identity, given once");
    }

    @Test
    void identity_isNotDecoded() throws Exception {
        assertThat(post(like.getBytes(StandardCharsets.UTF_8), "Identity").statusCode())
                .isEqualTo(202);
    }

    @Test
    void corruptBody_isRefusedWith400_andNotLogged() throws Exception {
        byte[] body = gzip(like);
        byte[] corrupt = body.clone();
        corrupt[body.length - 5] ^= 1;

        assertNotGzip(corrupt, "the CRC of member 1 is wrong");
        assertNotGzip(Arrays.copyOf(body, body.length - 1), "it ends within member 1");
        assertNotGzip(concat(body, new byte[1]), "the header of member 2 does not begin with 1f 8b");
        assertNotGzip(like.getBytes(StandardCharsets.UTF_8), "the header of member 1 does not begin with 1f 8b");
        assertNotGzip(new byte[0], "it is empty");

        assertThat(logged()).isZero();
    }

    private static void assertNotGzip(byte[] body, String reason) throws Exception {
        HttpResponse<String> refused = post(body, "gzip");

        assertRefused(refused, 400, "is gzip, but the body is not: " + reason);
        assertThat(RunningProducer.json(refused).path("type").stringValue()).isEqualTo("/problems/invalid-header");
        assertThat(refused.headers().firstValue("Accept-Encoding")).isEmpty();
    }

    private static void assertRefused(HttpResponse<String> refused, int status, String detail) {
        assertThat(refused.statusCode()).isEqualTo(status);
        JsonNode error = RunningProducer.json(refused).at("/errors/0");
        assertThat(error.path("header").stringValue()).isEqualTo("Content-Encoding");
        assertThat(error.path("detail").stringValue()).isEqualTo(detail);
    }

    @Test
    void likeOf16Kibibytes_isLogged_andOneByteMoreIsRefusedWith413() throws Exception {
        String padded = like + " ".repeat(IngestRequest.MAX_LIKE_BYTES - like.length());
        assertThat(post(gzip(padded), "gzip").statusCode()).isEqualTo(202);

        HttpResponse<String> refused = post(gzip(padded + ' '), "gzip");

        assertThat(refused.statusCode()).isEqualTo(413);
        assertThat(RunningProducer.json(refused).path("detail").stringValue()).isEqualTo("A like may have 16 KiB.");
        assertThat(logged()).isEqualTo(1);
    }

    @Test
    void compressedBodyOver16Kibibytes_isLogged_ifItInflatesToALike() throws Exception {
        byte[] emptyMembers = gzip("");
        byte[] body = gzip(like);
        while (body.length <= IngestRequest.MAX_LIKE_BYTES) {
            body = concat(body, emptyMembers);
        }

        assertThat(post(body, "gzip").statusCode()).isEqualTo(202);
    }

    @Test
    void compressedBodyWithoutEnd_isRefusedWith413() throws Exception {
        byte[] random = new byte[1_000_000];
        new Random(1).nextBytes(random);
        byte[] nameWithoutEnd = concat(
                new byte[] {0x1f, (byte) 0x8b, 8, 8, 0, 0, 0, 0, 0, 0},
                "n".repeat(200_000).getBytes(StandardCharsets.US_ASCII));

        assertThat(post(gzip(random), "gzip").statusCode()).isEqualTo(413);
        HttpResponse<String> refused = post(nameWithoutEnd, "gzip");

        assertRefused(refused, 413, "is refused: over 131072 compressed bytes, one inflated byte may take 2");
    }
}
