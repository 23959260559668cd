package io.heartline.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heartline.events.Contract;
import io.heartline.events.Position;
import io.heartline.gateway.GatewayIT;
import io.heartline.gateway.TestTopic;
import io.heartline.gateway.stream.StreamRefusedException;
import io.heartline.web.limit.ConcurrencyLimit;
import io.heartline.web.limit.ConcurrencyLimit.Permit;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.LivenessState;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.context.ApplicationContext;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.http.MediaType;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.test.context.TestPropertySource;
import org.springframework.test.web.reactive.server.FluxExchangeResult;

/** The gateway gives every response that the documents of {@code docs/api} list, and each matches them. */
@TestPropertySource(properties = {"heartline.gateway.connections=20", "heartline.gateway.connections-per-caller=10"})
class ContractIT extends GatewayIT {

    private static final Contract GET_LIKES = OpenApiCases.PATHS.at(OpenApiCases.LIKES, "get");
    private static final String HEALTH = "application/vnd.spring-boot.actuator.v3+json";

    @Autowired
    private ConcurrencyLimit connectionLimit;

    @Autowired
    private ApplicationContext context;

    /** Returns a call for each documented response. */
    private Map<String, Callable<HttpAnswer>> answers() {
        Map<String, Callable<HttpAnswer>> answers = new HashMap<>();
        putAnswersOfLikes(answers, OpenApiCases.LIKES, path + "?");
        putAnswersOfLikes(answers, OpenApiCases.LIKES_OF_AUTHORS, "/v1/likes?author=" + author + '&');
        answers.put("/heartline.js 200 text/javascript", () -> get("/heartline.js"));
        answers.put("/heartline.js 304", () -> get("/heartline.js", "If-None-Match", etag()));
        for (String document : List.of("/openapi.yaml", "/like-event.yaml", "/frames.yaml")) {
            answers.put(document + " 200 application/yaml", () -> get(document));
        }
        answers.put("/actuator/prometheus 200 text/plain", () -> get("/actuator/prometheus"));
        answers.put(
                "/actuator/prometheus 200 application/openmetrics-text",
                () -> get("/actuator/prometheus", "Accept", "application/openmetrics-text"));
        for (String health : List.of("/actuator/health", "/actuator/health/readiness", "/actuator/health/liveness")) {
            answers.put(health + " 200 " + HEALTH, () -> get(health));
            answers.put(health + " 503 " + HEALTH, () -> whenBroken(health));
        }
        OpenApiCases.PATHS
                .node()
                .propertyNames()
                .forEach(each -> answers.put(
                        each + " 403 application/problem+json",
                        () -> get(each.replace("{authorId}", author), "Origin", "https://elsewhere.example")));
        return answers;
    }

    /** @param uri ends where a parameter can follow */
    private void putAnswersOfLikes(Map<String, Callable<HttpAnswer>> answers, String resource, String uri) {
        answers.put(resource + " 101", () -> handshakeAt(uri));
        answers.put(resource + " 200 application/json", () -> get(uri));
        answers.put(resource + " 200 text/event-stream", () -> stream(uri));
        answers.put(resource + " 400 application/problem+json", () -> get(uri + "limit=0"));
        answers.put(resource + " 426 application/problem+json", () -> handshakeAt(uri, "Sec-WebSocket-Version: 12"));
        answers.put(resource + " 414", () -> handshakeAt(uri + "post=" + "p".repeat(32 * 1024)));
        answers.put(resource + " 429 application/problem+json", () -> whenFull(uri, i -> "127.0.0.1"));
        answers.put(resource + " 503 application/problem+json", () -> whenFull(uri, i -> "caller-" + i));
    }

    @ParameterizedTest
    @MethodSource("io.heartline.gateway.http.OpenApiCases#answers")
    void documentedAnswer_isGiven_andMatches(String name) throws Exception {
        assertThat(answers()).as("known to this test").containsKey(name);
        HttpAnswer answer = answers().get(name).call();

        assertThat(name.substring(name.indexOf(' ') + 1))
                .isEqualTo((answer.status() + " " + answer.mediaType()).strip());
        answer.assertDocumented(OpenApiCases.PATHS.at(name.split(" ")[0], "get"));
    }

    @Test
    void givenAnswer_isDocumented() {
        assertThat(OpenApiCases.answers())
                .containsExactlyInAnyOrderElementsOf(answers().keySet());
    }

    @ParameterizedTest
    @CsvSource({"/openapi.yaml, push-gateway.yaml", "/like-event.yaml, like-event.yaml", "/frames.yaml, frames.yaml"})
    void servedDocument_isTheDocumentInDocs(String path, String file) throws Exception {
        HttpAnswer answer = get(path);

        assertThat(answer.body()).isEqualTo(Files.readAllBytes(Path.of("../docs/api", file)));
        assertThat(get(path, "If-None-Match", answer.headers().getETag()).status())
                .isEqualTo(304);
    }

    /** All files of a build have the same date, so the date of a client's file does not show whether it is the current one. */
    @ParameterizedTest
    @ValueSource(strings = {"/heartline.js", "/openapi.yaml"})
    void dateOfTheBuild_isNoReasonToAnswerNotModified(String path) {
        for (String date : List.of("Tue, 24 Nov 2026 00:00:00 GMT", "Fri, 31 Dec 2100 00:00:00 GMT")) {
            HttpAnswer answer = get(path, "If-Modified-Since", date);

            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body()).isNotEmpty();
            assertThat(answer.headers().getFirst("Last-Modified")).isNull();
            assertThat(answer.headers().getCacheControl()).isEqualTo("no-cache");
            assertThat(get(
                                    path,
                                    "If-Modified-Since",
                                    date,
                                    "If-None-Match",
                                    answer.headers().getETag())
                            .status())
                    .isEqualTo(304);
        }
    }

    @ParameterizedTest
    @MethodSource("io.heartline.gateway.http.OpenApiCases#outOfBounds")
    void parameterOutOfBounds_returns400NamingIt(String query) {
        assertParameterIsNamed(query.split("=")[0], get(path + '?' + query));
    }

    @ParameterizedTest
    @MethodSource("io.heartline.gateway.http.OpenApiCases#atBounds")
    void parameterAtBounds_isAccepted(String query) throws Exception {
        likes.sendLikes(author, "missed", 1); // so that no long poll waits

        HttpAnswer answer = get(path + '?' + query + (query.startsWith("since=") ? "" : "&after=" + start));

        assertThat(answer.status()).isEqualTo(200);
        answer.assertDocumented(GET_LIKES);
    }

    @Test
    void invalidAuthorId_orForeignPosition_returns400NamingTheParameter() {
        String others = new Position(likes.log.epoch(), (partition + 1) % 4, 0).toString();

        assertParameterIsNamed("after", get(path + "?after=" + others));
        assertParameterIsNamed("after", get(path, "Accept", "text/event-stream", "Last-Event-ID", others));
        assertParameterIsNamed("authorId", get("/v1/authors/a%20b/likes"));
        assertThat(get("/v1/authors/unknown/likes").status()).isEqualTo(200);
    }

    @Test
    void invalidAuthors_orPositions_return400NamingTheParameter() {
        String uri = "/v1/likes?author=" + author;
        String others = new Position(likes.log.epoch(), (partition + 1) % 4, 0).toString();
        String[] tooMany =
                IntStream.rangeClosed(0, 100).mapToObj(i -> "author=a-" + i).toArray(String[]::new);

        assertParameterIsNamed("author", get("/v1/likes"));
        assertParameterIsNamed("author", get("/v1/likes?author=a%20b"));
        assertParameterIsNamed("author", get("/v1/likes?" + String.join("&", tooMany)));
        assertParameterIsNamed("after", get(uri + "&after=" + others));
        assertParameterIsNamed("after", get(uri + "&after=" + start + "," + start));
        assertParameterIsNamed("after", get(uri + "&after=" + start + ",none0000-3-start"));
        assertParameterIsNamed("since", get(uri + "&since=yesterday"));
        assertParameterIsNamed("since", get(uri + "&since=2026-11-24T10:00:00Z&after=" + start));
        assertParameterIsNamed("since", get(path + "?since=2026-11-24T10:00:00Z&after=" + start));
        assertThat(get(uri + "&author=" + author + "&after=" + start).status()).isEqualTo(200);
    }

    @Test
    void longPoll_withOrWithoutDigest_matchesTheDocument() throws Exception {
        for (String query : List.of("", "&digest=1")) {
            String now = get(path).json().path("position").stringValue();
            var waiting = CompletableFuture.supplyAsync(() -> get(path + "?wait=30&after=" + now + query));
            await().until(() -> connectionLimit.acquired() > 0);
            likes.send(author, TestTopic.like("e-1", author));

            HttpAnswer answer = waiting.get(30, TimeUnit.SECONDS);

            answer.assertDocumented(GET_LIKES);
            assertThat(answer.json().path("frames")).hasSize(1);
        }
    }

    @Test
    void handshake_isRefusedLikeOtherRequests_andUpgradeIsCaseInsensitive() throws Exception {
        assertParameterIsNamed("after", handshake("?after=nonsense"));
        HttpAnswer foreign = handshake("", "Origin: https://elsewhere.example");
        assertThat(foreign.status()).isEqualTo(403);
        foreign.assertDocumented(GET_LIKES);
        HttpAnswer none = handshake("", "Sec-WebSocket-Key: none");
        assertThat(none.status()).isEqualTo(400);
        none.assertDocumented(GET_LIKES);

        HttpAnswer spelt = handshake("", "Upgrade: WebSocket", "Sec-WebSocket-Protocol: other, heartline.v1");
        assertThat(spelt.status()).isEqualTo(101);
        assertThat(spelt.headers().getFirst("Sec-WebSocket-Protocol")).isEqualTo("heartline.v1");
        spelt.assertDocumented(GET_LIKES);
    }

    private static void assertParameterIsNamed(String parameter, HttpAnswer answer) {
        assertThat(answer.status()).isEqualTo(400);
        answer.assertDocumented(GET_LIKES);
        assertThat(answer.json().at("/errors/0/parameter").stringValue()).isEqualTo(parameter);
    }

    private HttpAnswer get(String uri, String... headers) {
        var request = http.get().uri(URI.create("http://localhost:" + port + uri));
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        var result = request.exchange().expectBody().returnResult();
        byte[] body = result.getResponseBody();
        return new HttpAnswer(
                result.getStatus().value(), result.getResponseHeaders(), body == null ? new byte[0] : body);
    }

    private HttpAnswer handshake(String query, String... headers) throws IOException {
        return handshakeAt(path + query, headers);
    }

    /** @param headers added to those of a valid handshake, or replacing one of them */
    private HttpAnswer handshakeAt(String uri, String... headers) throws IOException {
        Map<String, String> handshake = new LinkedHashMap<>(Map.of(
                "Upgrade", "websocket",
                "Connection", "Upgrade",
                "Sec-WebSocket-Version", "13",
                "Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="));
        for (String header : headers) {
            handshake.put(header.split(": ")[0], header.split(": ")[1]);
        }
        return HttpAnswer.ofRawRequest(port, uri, handshake);
    }

    private FluxExchangeResult<ServerSentEvent<String>> events(String uri) {
        return http.get()
                .uri(uri)
                .accept(MediaType.TEXT_EVENT_STREAM)
                .exchange()
                .returnResult(new ParameterizedTypeReference<ServerSentEvent<String>>() {});
    }

    private HttpAnswer stream(String uri) {
        var result = events(uri);
        String first =
                result.getResponseBody().blockFirst(Duration.ofSeconds(30)).data();
        assertThat(result.getResponseHeaders().getFirst("X-Accel-Buffering")).isEqualTo("no");
        return new HttpAnswer(
                result.getStatus().value(), result.getResponseHeaders(), first.getBytes(StandardCharsets.UTF_8));
    }

    private String etag() {
        return get("/heartline.js").headers().getETag();
    }

    /** Sends a request while other callers have all permits. */
    private HttpAnswer whenFull(String uri, IntFunction<String> callers) {
        List<Permit> permits = new ArrayList<>();
        try {
            while (true) {
                permits.add(connectionLimit.acquire(callers.apply(permits.size())));
            }
        } catch (StreamRefusedException e) {
            return get(uri);
        } finally {
            permits.forEach(Permit::release);
        }
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
