package io.heartline.producer.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heartline.producer.HttpAnswer;
import io.heartline.producer.OpenApiCases;
import io.heartline.producer.like.IngestRequest;
import io.heartline.producer.like.ProblemType;
import io.heartline.producer.like.RefusedException;
import io.heartline.web.limit.ConcurrencyLimit;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.LivenessState;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.ApplicationContext;
import org.springframework.http.HttpMethod;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;

/** Provokes every answer in {@code event-producer.yaml} and compares it; {@code KafkaDownIT} has one more answer. */
class ContractIT extends AbstractContractIT {

    private static final String LIKE_URL = "/v1/posts/p-1/likes/bob?author=alice";
    private static final String HEALTH = "application/vnd.spring-boot.actuator.v3+json";

    @LocalServerPort
    private int port;

    @Autowired
    private IngestRequestReader requestReader;

    @Autowired
    @Qualifier("singleLikeLimit")
    private ConcurrencyLimit singleLikeLimit;

    @Autowired
    @Qualifier("arrayLimit")
    private ConcurrencyLimit arrayLimit;

    @Autowired
    @Qualifier("streamLimit")
    private ConcurrencyLimit streamLimit;

    @Autowired
    private ApplicationContext context;

    /** Returns a request for each answer. */
    private Map<String, Callable<HttpAnswer>> answers() {
        Map<String, Callable<HttpAnswer>> answers = new HashMap<>();
        answers.put("/v1/likes 202 " + JSON, () -> post(JSON, LIKE));
        answers.put("/v1/likes 200 " + NDJSON, () -> post(NDJSON, LIKE));
        answers.put("/v1/likes 200 " + JSON, () -> post(JSON, "[" + LIKE + ",5]", CALLER, "app"));
        answers.put("/v1/likes 400 " + PROBLEM, () -> post(JSON, "{}"));
        answers.put("/v1/likes 413 " + PROBLEM, () -> post(JSON, " ".repeat(IngestRequest.MAX_LIKE_BYTES + 1)));
        answers.put("/v1/likes 415 " + PROBLEM, () -> post("text/plain", "a like"));
        answers.put("/v1/likes 429 " + PROBLEM, () -> whenRateLimited(() -> post(JSON, LIKE, CALLER, "mallory")));
        answers.put("/v1/likes 503 " + PROBLEM, () -> whenAtLimit(singleLikeLimit, () -> post(JSON, LIKE)));
        for (HttpMethod method : List.of(HttpMethod.PUT, HttpMethod.DELETE)) {
            String name = LikeUrlHandler.PATH + '#' + method.name().toLowerCase(Locale.ROOT);
            answers.put(name + " 202 " + JSON, () -> send(method, LIKE_URL));
            answers.put(name + " 400 " + PROBLEM, () -> send(method, "/v1/posts/p-1/likes/bob?at=now"));
            answers.put(
                    name + " 429 " + PROBLEM, () -> whenRateLimited(() -> send(method, LIKE_URL, CALLER, "mallory")));
            answers.put(name + " 503 " + PROBLEM, () -> whenAtLimit(singleLikeLimit, () -> send(method, LIKE_URL)));
        }
        answers.put("/v1/likes/schema 200 application/schema+json", () -> get("/v1/likes/schema"));
        answers.put("/problems/{slug} 200 text/html", () -> get("/problems/too-large"));
        answers.put("/problems/{slug} 404 " + PROBLEM, () -> get("/problems/none"));
        answers.put("/openapi.yaml 200 application/yaml", () -> get("/openapi.yaml"));
        answers.put("/actuator/prometheus 200 text/plain", () -> get("/actuator/prometheus"));
        answers.put(
                "/actuator/prometheus 200 application/openmetrics-text",
                () -> get("/actuator/prometheus", "Accept", "application/openmetrics-text"));
        for (String health : List.of("/actuator/health", "/actuator/health/readiness", "/actuator/health/liveness")) {
            answers.put(health + " 200 " + HEALTH, () -> get(health));
            answers.put(health + " 503 " + HEALTH, () -> whenBroken(health));
        }
        return answers;
    }

    @ParameterizedTest
    @MethodSource("io.heartline.producer.OpenApiCases#answers")
    void documentedAnswer_isGiven_andMatchesItsSchema(String name) throws Exception {
        assertThat(answers()).as("known to this test").containsKey(name);
        HttpAnswer answer = answers().get(name).call();

        String[] parts = name.split(" ", 2);
        assertThat(parts[1]).as(answer.text()).isEqualTo(answer.status() + " " + answer.mediaType());
        answer.assertDocumented(OpenApiCases.operation(parts[0]));
    }

    @Test
    void givenAnswers_areTheDocumentedOnes() {
        assertThat(OpenApiCases.answers())
                .containsExactlyInAnyOrderElementsOf(answers().keySet());
    }

    @Test
    void atConcurrencyLimit_likesAndStreamsAreOverloaded() {
        for (HttpAnswer answer : List.of(
                whenAtLimit(singleLikeLimit, () -> post(JSON, LIKE)),
                whenAtLimit(streamLimit, () -> post(NDJSON, LIKE)),
                whenAtLimit(arrayLimit, () -> post(JSON, "[" + LIKE + "]")))) {
            assertThat(answer.status()).isEqualTo(503);
            answer.assertDocumented(OpenApiCases.POST_LIKES);
            assertThat(answer.json().path("type").stringValue()).isEqualTo(ProblemType.OVERLOADED.uri());
        }
    }

    @Test
    void likeWithoutItsBody_takesNoPermit() throws Exception {
        await().until(() -> singleLikeLimit.acquired() == 0);
        try (Socket socket = new Socket("localhost", port)) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream()
                    .write(("POST /v1/likes HTTP/1.1\r\nHost: localhost\r\nContent-Type: " + JSON
                                    + "\r\nContent-Length: 100\r\nExpect: 100-continue\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));

            // the service sends this when it is about to read the body
            assertThat(new String(socket.getInputStream().readNBytes(21), StandardCharsets.US_ASCII))
                    .isEqualTo("HTTP/1.1 100 Continue");
            assertThat(singleLikeLimit.acquired()).isZero();
        }
    }

    @Test
    void openApi_isTheDocumentInDocs() throws Exception {
        assertThat(get("/openapi.yaml").body())
                .isEqualTo(Files.readAllBytes(Path.of("../docs/api/event-producer.yaml")));
    }

    /** Sends a request while no permit is left. Waits first until earlier requests have released theirs. */
    private HttpAnswer whenAtLimit(ConcurrencyLimit limit, Supplier<HttpAnswer> request) {
        await().until(() -> limit.acquired() == 0);
        List<ConcurrencyLimit.Permit> permits = new ArrayList<>();
        try {
            while (true) {
                permits.add(limit.acquire("caller-" + permits.size()));
            }
        } catch (RefusedException e) {
            return request.get();
        } finally {
            permits.forEach(ConcurrencyLimit.Permit::release);
        }
    }

    /** Uses up the rate limit of mallory, then sends a request. Repeats both if the limit had a new permit meanwhile. */
    private HttpAnswer whenRateLimited(Supplier<HttpAnswer> request) {
        var exchange = MockServerWebExchange.from(MockServerHttpRequest.get("/"));
        HttpAnswer answer;
        do {
            try {
                while (true) {
                    requestReader.acquireRatePermits(exchange, "mallory", 1);
                }
            } catch (RefusedException e) {
                answer = request.get();
            }
        } while (answer.status() == 202);
        return answer;
    }

    private HttpAnswer whenBroken(String health) {
        AvailabilityChangeEvent.publish(context, ReadinessState.REFUSING_TRAFFIC);
        AvailabilityChangeEvent.publish(context, LivenessState.BROKEN);
        try {
            return get(health);
        } finally {
            AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
            AvailabilityChangeEvent.publish(context, LivenessState.CORRECT);
        }
    }
}
