package io.heartline.producer.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.producer.LikeBodies;
import io.heartline.producer.RunningProducer;
import io.heartline.quickstart.backends.Backends;
import io.heartline.web.TestIssuer;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The headers of the rate limit. A permit takes 1 s, so a slow test may see a permit more than it expects. */
class RateLimitIT {

    private static final int BURST = 30;
    private static final String POLICY = "\"likes\";q=" + BURST + ";w=" + BURST;
    private static final String PATH = "/v1/posts/p-1/likes/bob?author=alice";
    private static final TestIssuer ISSUER = new TestIssuer();
    private static final RunningProducer PRODUCER = RunningProducer.on(
            Backends.unique("likes"),
            Stream.concat(
                            Stream.of(ISSUER.settings()),
                            Stream.of("heartline.producer.rate.per-second=1", "heartline.producer.rate.burst=" + BURST))
                    .toArray(String[]::new));

    @AfterAll
    static void stop() {
        PRODUCER.close();
    }

    @Test
    void everyAnswerAfterTheLimiter_hasTheHeaders() throws Exception {
        String[] headers = {"Authorization", bearer("app-1")};
        List<HttpResponse<String>> answers = new ArrayList<>();
        answers.add(PRODUCER.post(LikeBodies.like("alice", "bob"), headers));
        answers.add(PRODUCER.send("PUT", PATH, headers));
        answers.add(PRODUCER.send("DELETE", PATH, headers));
        answers.add(PRODUCER.post("{}", headers));
        answers.add(PRODUCER.send("PUT", PATH + "&author=bob", headers));
        answers.add(PRODUCER.post("[" + LikeBodies.like("alice", "bob") + "]", headers));

        assertThat(answers).extracting(HttpResponse::statusCode).containsExactly(202, 202, 202, 400, 400, 200);
        for (int i = 0; i < answers.size(); i++) {
            assertThat(policy(answers.get(i))).isEqualTo(POLICY);
            assertThat(remaining(answers.get(i))).isBetween((long) BURST - 1 - i, (long) BURST - 1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE"})
    void burst_isAccepted_andTheNextLikeIsRefusedWithTheHeaders(String method) throws Exception {
        String[] headers = {"Authorization", bearer("app-" + method)};
        for (int i = 0; i < BURST; i++) {
            assertThat(send(method, headers).statusCode()).isEqualTo(202);
        }

        HttpResponse<String> refused = send(method, headers);
        while (refused.statusCode() == 202) { // a permit came meanwhile
            refused = send(method, headers);
        }

        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(RunningProducer.json(refused).path("type").stringValue()).isEqualTo("/problems/rate-limited");
        assertThat(refused.headers().firstValue("Retry-After")).hasValue("1");
        assertThat(policy(refused)).isEqualTo(POLICY);
        assertThat(remaining(refused)).isLessThanOrEqualTo(1);
    }

    @Test
    void stream_hasTheHeadersAtItsBeginning() throws Exception {
        HttpResponse<String> answer = PRODUCER.post(
                LikeBodies.lines(0, 5), "Content-Type", "application/x-ndjson", "Authorization", bearer("app-2"));

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(policy(answer)).isEqualTo(POLICY);
        assertThat(answer.headers().firstValue("RateLimit")).hasValue("\"likes\";r=" + BURST + ";t=0");
    }

    @Test
    void requestThatDoesNotReachTheLimiter_hasNoHeaders() throws Exception {
        for (HttpResponse<String> answer : List.of(
                PRODUCER.send("PUT", PATH),
                PRODUCER.send("GET", PATH, "Authorization", bearer("app-3")),
                PRODUCER.send("PUT", PATH, "Authorization", bearer("app-3"), "Idempotency-Key", "a b"))) {
            assertThat(answer.statusCode()).isBetween(400, 405);
            assertThat(answer.headers().map()).doesNotContainKeys("ratelimit", "ratelimit-policy");
        }
    }

    private static HttpResponse<String> send(String method, String... headers) throws Exception {
        return method.equals("POST")
                ? PRODUCER.post(LikeBodies.like("alice", "bob"), headers)
                : PRODUCER.send(method, PATH, headers);
    }

    private static String bearer(String subject) {
        return "Bearer " + ISSUER.token(subject, "likes:write");
    }

    private static String policy(HttpResponse<String> answer) {
        return answer.headers().firstValue("RateLimit-Policy").orElse("");
    }

    private static long remaining(HttpResponse<String> answer) {
        String limit = answer.headers().firstValue("RateLimit").orElse("");
        assertThat(limit).matches("\"likes\";r=[0-9]+;t=1");
        return Long.parseLong(limit.replaceAll(".*r=([0-9]+);.*", "$1"));
    }
}
