package io.heartline.producer.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heartline.events.LikeEvent;
import io.heartline.events.Liked;
import io.heartline.events.Unliked;
import io.heartline.producer.LikeBodies;
import io.heartline.producer.LoggedLikes;
import io.heartline.producer.RunningProducer;
import io.heartline.quickstart.backends.Backends;
import io.heartline.web.limit.ConcurrencyLimit;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Likes of like buttons, by PUT and DELETE. */
class LikeUrlIT {

    private static final int MAX_IN_FLIGHT = 4;
    private static final String TOPIC = Backends.unique("likes");
    private static final LoggedLikes LOGGED = new LoggedLikes(Backends.bootstrapServers(), TOPIC);
    private static final RunningProducer PRODUCER =
            RunningProducer.on(TOPIC, "heartline.producer.max-in-flight=" + MAX_IN_FLIGHT);

    @AfterAll
    static void stop() {
        PRODUCER.close();
    }

    @Test
    void putThenDelete_logTheEventsThatPostsLog() throws Exception {
        String at = Instant.now().truncatedTo(ChronoUnit.MILLIS).toString();
        String path = "/v1/posts/p-1/likes/bob?author=alice&at=" + at;
        String body = LikeBodies.like("alice", "bob").replace("}", ",\"at\":\"" + at + "\"}");

        List<LikeEvent> events = List.of(
                logged(PRODUCER.send("PUT", path)),
                logged(PRODUCER.send("DELETE", path)),
                logged(PRODUCER.post(body)),
                logged(PRODUCER.post(body.replace("}", ",\"type\":\"unliked\"}"))));

        Instant time = Instant.parse(at);
        assertThat(events)
                .containsExactly(
                        new Liked(events.get(0).id(), "p-1", "alice", "bob", time),
                        new Unliked(events.get(1).id(), "p-1", "alice", "bob", time),
                        new Liked(events.get(2).id(), "p-1", "alice", "bob", time),
                        new Unliked(events.get(3).id(), "p-1", "alice", "bob", time));
        assertThat(events).extracting(LikeEvent::id).doesNotHaveDuplicates();
        assertThat(LOGGED.all().values().stream().filter(events::contains))
                .as("in the order of the requests")
                .containsExactlyElementsOf(events);
    }

    @Test
    void idsWithEveryPermittedCharacter_areDecodedOnce() throws Exception {
        String id = "aZ09._:@|+~=-";
        String encoded = "aZ09._:@%7C+~=-";
        String fullyEncoded = "aZ09%2E%5F%3A%40%7C%2B%7E%3D%2D";
        String author = "author=" + fullyEncoded;

        for (String inPath : List.of(encoded, fullyEncoded)) {
            LikeEvent event = logged(PRODUCER.send("PUT", "/v1/posts/" + inPath + "/likes/" + inPath + "?" + author));

            assertThat(List.of(event.postId(), event.likerId(), event.authorId()))
                    .containsOnly(id);
        }
        refused("/v1/posts/a%2541/likes/bob?author=alice", "postId");
        refused("/v1/posts/p-1/likes/bob?author=a+b", "author");
    }

    @Test
    void invalidUrl_returnsAProblemNamingTheParameters_andIsNotLogged() throws Exception {
        int before = LOGGED.all().size();

        HttpResponse<String> answer = PRODUCER.send("PUT", "/v1/posts/a%20b/likes/" + "x".repeat(129) + "?at=soon");

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(RunningProducer.json(answer).path("type").stringValue()).isEqualTo("/problems/invalid-like");
        assertThat(parameters(answer)).containsExactlyInAnyOrder("postId", "author", "likerId", "at");
        refused("/v1/posts/p-1/likes/bob?author=alice&author=bob", "author");
        refused("/v1/posts/p-1%2Fx/likes/bob?author=alice", "postId");
        assertThat(LOGGED.all()).hasSize(before);
    }

    @Test
    void longestIds_areLogged() throws Exception {
        String id = "x".repeat(128);

        LikeEvent event = logged(PRODUCER.send("DELETE", "/v1/posts/" + id + "/likes/" + id + "?author=" + id));

        assertThat(event.authorId()).isEqualTo(id);
    }

    @Test
    void strictHandling_refusesUnknownParameters() throws Exception {
        String path = "/v1/posts/p-1/likes/bob?author=alice";

        HttpResponse<String> accepted = PRODUCER.send("PUT", path, "Prefer", "handling=strict");
        HttpResponse<String> refused = PRODUCER.send("PUT", path + "&type=unliked", "Prefer", "handling=strict");

        assertThat(accepted.statusCode()).isEqualTo(202);
        assertThat(accepted.headers().firstValue("Preference-Applied")).hasValue("handling=strict");
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(parameters(refused)).containsExactly("type");
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD", "POST", "PATCH", "OPTIONS"})
    void otherMethod_returns405WithAllow(String method) throws Exception {
        HttpResponse<String> answer = PRODUCER.send(method, "/v1/posts/p-1/likes/bob?author=alice");

        assertThat(answer.statusCode()).isEqualTo(405);
        assertThat(answer.headers().allValues("Allow").stream().flatMap(allow -> Arrays.stream(allow.split(", ?"))))
                .containsExactlyInAnyOrder("PUT", "DELETE");
    }

    @Test
    void incompletePath_isNotFound() throws Exception {
        for (String path : List.of("/v1/posts/p-1/likes", "/v1/posts/p-1/likes/", "/v1/posts/p-1/likes/bob/x")) {
            assertThat(PRODUCER.send("PUT", path + "?author=alice").statusCode())
                    .as(path)
                    .isEqualTo(404);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 16 * 1024 + 1, 1024 * 1024})
    void body_isIgnored(int size) throws Exception {
        HttpResponse<String> answer = PRODUCER.send(
                "PUT", "/v1/posts/p-1/likes/bob?author=alice", BodyPublishers.ofByteArray(new byte[size]));

        assertThat(logged(answer)).isInstanceOf(Liked.class);
    }

    @Test
    void withoutRateLimit_answersHaveNoRateLimit() throws Exception {
        assertThat(PRODUCER.send("PUT", "/v1/posts/p-1/likes/bob?author=alice")
                        .headers()
                        .map())
                .doesNotContainKeys("ratelimit", "ratelimit-policy");
    }

    /** The service would wait for the body if it read it. */
    @Test
    void bodyOfAnySize_isNotRead() throws Exception {
        try (Socket socket = new Socket("127.0.0.1", PRODUCER.port)) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream()
                    .write(("DELETE /v1/posts/p-1/likes/bob?author=alice HTTP/1.1\r\nHost: localhost\r\n"
                                    + "Content-Length: 1000000000\r\n\r\n{")
                            .getBytes(StandardCharsets.US_ASCII));

            assertThat(new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII))
                    .isEqualTo("HTTP/1.1 202");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"PUT", "DELETE"})
    void atMaxInFlight_isRefused_asAPostIs(String method) throws Exception {
        ConcurrencyLimit limit = PRODUCER.context.getBean("singleLikeLimit", ConcurrencyLimit.class);
        await().until(() -> limit.acquired() == 0);
        List<ConcurrencyLimit.Permit> permits = new ArrayList<>();
        try {
            for (int i = 0; i < MAX_IN_FLIGHT; i++) {
                permits.add(limit.acquire());
            }

            HttpResponse<String> refused = PRODUCER.send(method, "/v1/posts/p-1/likes/bob?author=alice");

            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.headers().firstValue("Retry-After")).hasValue("1");
            assertThat(RunningProducer.json(refused).path("type").stringValue()).isEqualTo("/problems/overloaded");
        } finally {
            permits.forEach(ConcurrencyLimit.Permit::release);
        }
        accepted(PRODUCER.send(method, "/v1/posts/p-1/likes/bob?author=alice"));
    }

    @Test
    void acceptedLikes_countAsThoseOfPosts() throws Exception {
        double accepted = PRODUCER.metric("heartline_producer_accepted_total", "");
        double acknowledged = PRODUCER.metric("heartline_producer_ack_seconds_count", "");

        accepted(PRODUCER.send("PUT", "/v1/posts/p-1/likes/bob?author=alice"));
        accepted(PRODUCER.send("DELETE", "/v1/posts/p-1/likes/bob?author=alice"));

        assertThat(PRODUCER.metric("heartline_producer_accepted_total", "")).isEqualTo(accepted + 2);
        assertThat(PRODUCER.metric("heartline_producer_ack_seconds_count", "")).isEqualTo(acknowledged + 2);
        assertThat(PRODUCER.metric("http_server_requests_seconds_count", "uri=\"/v1/posts/{postId}/likes/{likerId}\""))
                .isPositive();
    }

    private static void refused(String path, String parameter) throws Exception {
        HttpResponse<String> answer = PRODUCER.send("PUT", path);

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        assertThat(parameters(answer)).containsExactly(parameter);
    }

    private static List<String> parameters(HttpResponse<String> problem) {
        return StreamSupport.stream(RunningProducer.json(problem).path("errors").spliterator(), false)
                .map(error -> error.path("parameter").stringValue())
                .toList();
    }

    private static LikeEvent logged(HttpResponse<String> answer) throws Exception {
        JsonNode accepted = accepted(answer);
        Map<String, LikeEvent> all = LOGGED.all();
        LikeEvent event = all.get(accepted.path("position").stringValue());
        assertThat(event.id()).isEqualTo(accepted.path("eventId").stringValue());
        return event;
    }

    private static JsonNode accepted(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        return RunningProducer.json(answer);
    }
}
