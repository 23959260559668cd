package io.heartline.producer.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.producer.LikeBodies;
import io.heartline.producer.RunningProducer;
import io.heartline.quickstart.backends.Backends;
import io.heartline.web.TestIssuer;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Which callers may send likes, and by which caller an event id is computed. */
class AccessIT {

    private static final TestIssuer ISSUER = new TestIssuer();
    private static final RunningProducer PRODUCER = RunningProducer.on(Backends.unique("likes"), ISSUER.settings());

    private final String body = LikeBodies.like("alice", "bob");

    @AfterAll
    static void stop() {
        PRODUCER.close();
    }

    private static String bearer(String subject, String... scopes) {
        return "Bearer " + ISSUER.token(subject, scopes);
    }

    @Test
    void withScope_likeIsAccepted() throws Exception {
        assertThat(PRODUCER.post(body, "Authorization", bearer("app", "likes:write"))
                        .statusCode())
                .isEqualTo(202);
    }

    @Test
    void withoutTokenOrScope_everyContentTypeIsRefused() throws Exception {
        double before = accepted();
        for (String type : Set.of("application/json", "application/x-ndjson", "text/plain")) {
            HttpResponse<String> without = PRODUCER.post(body, "Content-Type", type);
            HttpResponse<String> reader =
                    PRODUCER.post(body, "Content-Type", type, "Authorization", bearer("alice", "likes:read"));

            assertThat(without.statusCode()).isEqualTo(401);
            assertThat(without.headers().firstValue("WWW-Authenticate")).hasValue("Bearer");
            assertThat(reader.statusCode()).isEqualTo(403);
            assertThat(reader.headers().firstValue("WWW-Authenticate").orElseThrow())
                    .endsWith("scope=\"likes:write\"");
            for (HttpResponse<String> refused : Set.of(without, reader)) {
                assertThat(refused.headers().firstValue("Content-Type")).hasValue("application/problem+json");
                assertThat(RunningProducer.json(refused).path("detail").stringValue())
                        .isNotEmpty();
            }
        }
        assertThat(accepted()).isEqualTo(before);
    }

    @Test
    void putAndDelete_needTheSameScope() throws Exception {
        String path = "/v1/posts/p-1/likes/bob?author=alice";
        double before = accepted();
        for (String method : List.of("PUT", "DELETE")) {
            HttpResponse<String> without = PRODUCER.send(method, path);
            HttpResponse<String> reader =
                    PRODUCER.send(method, path, "Authorization", bearer("alice", "likes:read", "reports:read"));

            assertThat(without.statusCode()).isEqualTo(401);
            assertThat(reader.statusCode()).isEqualTo(403);
            assertThat(reader.headers().firstValue("WWW-Authenticate").orElseThrow())
                    .endsWith("scope=\"likes:write\"");
            assertThat(accepted()).isEqualTo(before);

            assertThat(PRODUCER.send(method, path, "Authorization", bearer("app", "likes:write"))
                            .statusCode())
                    .isEqualTo(202);
            before++;
        }
    }

    @Test
    void idsWithPunctuation_passTheFirewall() throws Exception {
        String path = "/v1/posts/a%3Ab%40c%7Cd+e~f=g/likes/b:o@b?author=a%2Bb";

        HttpResponse<String> answer = PRODUCER.send("PUT", path, "Authorization", bearer("app", "likes:write"));

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    }

    /** Reads the metric from the registry, because the endpoint needs a token. */
    private static double accepted() {
        return PRODUCER.context
                .getBean(MeterRegistry.class)
                .get("heartline.producer.accepted")
                .counter()
                .count();
    }

    @Test
    void sameKeyAndSubject_giveTheSameEventId_withAnyToken() throws Exception {
        assertThat(Stream.of(
                                accepted(bearer("app", "likes:write")),
                                accepted(bearer("app", "likes:write", "likes:read")),
                                accepted(bearer("another", "likes:write")))
                        .distinct())
                .hasSize(2);
    }

    private String accepted(String authorization) throws Exception {
        HttpResponse<String> answer = PRODUCER.post(body, "Authorization", authorization, "Idempotency-Key", "7f3a");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        return RunningProducer.json(answer).path("eventId").stringValue();
    }

    @Test
    void problemPagesOpenApiAndHealth_needNoToken() throws Exception {
        assertThat(PRODUCER.get("/problems/invalid-like").statusCode()).isEqualTo(200);
        assertThat(PRODUCER.get("/openapi.yaml").statusCode()).isEqualTo(200);
        assertThat(PRODUCER.get("/actuator/health/readiness").statusCode()).isEqualTo(200);
    }

    @Test
    void metrics_needAToken() throws Exception {
        assertThat(PRODUCER.get("/actuator/prometheus").statusCode()).isEqualTo(401);
    }
}
