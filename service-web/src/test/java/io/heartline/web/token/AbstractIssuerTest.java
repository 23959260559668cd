package io.heartline.web.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heartline.web.IssuerServer;
import io.heartline.web.TestIssuer;
import io.heartline.web.TestService;
import io.heartline.web.UnsignedTokens;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A service and its issuer, and 30 connections that send tokens of made-up keys. */
abstract class AbstractIssuerTest {

    static final TestIssuer TOKENS = new TestIssuer();
    static final TestIssuer ROTATED = new TestIssuer();
    private static final int HOSTILE_CONNECTIONS = 30;
    static final Duration A_SECOND = Duration.ofSeconds(1);
    private static final Duration POLL_INTERVAL = Duration.ofMillis(50);
    private static final Duration FAST = Duration.ofSeconds(2); // for a busy machine

    final IssuerServer issuer = new IssuerServer().publish(TOKENS);
    private final HttpClient http = HttpClient.newHttpClient();
    private final AtomicInteger hostileRequests = new AtomicInteger();
    final AtomicInteger hostileSuccesses = new AtomicInteger();
    TestService service;
    private Disposable hostile = () -> {};

    record Answer(int status, Duration took, HttpResponse<String> response) {}

    @AfterEach
    void stop() {
        hostile.dispose();
        if (service != null) {
            service.close();
        }
        issuer.close();
    }

    void start(String... settings) {
        List<String> all = new ArrayList<>(List.of(settings));
        all.add("heartline.security.mode=jwt");
        all.add("spring.security.oauth2.resourceserver.jwt.jwk-set-uri=" + issuer.keysUri());
        service = TestService.start(all.toArray(String[]::new));
    }

    Answer send(TestIssuer by) throws IOException, InterruptedException {
        return send(by.token("app", "things:write"));
    }

    Answer send(String token) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + service.port("server") + "/write"))
                .header("Authorization", "Bearer " + token)
                .build();
        long began = System.nanoTime();
        HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
        return new Answer(response.statusCode(), Duration.ofNanos(System.nanoTime() - began), response);
    }

    /** Sends requests until an answer has the status. Returns all answers, the one with the status last. */
    List<Answer> sendUntil(int status, TestIssuer by) {
        List<Answer> answers = new ArrayList<>();
        await().pollInterval(POLL_INTERVAL).atMost(Duration.ofSeconds(40)).until(() -> {
            answers.add(send(by));
            return answers.get(answers.size() - 1).status() == status;
        });
        return answers;
    }

    List<Answer> sendFor(Duration time, TestIssuer by) {
        List<Answer> answers = new ArrayList<>();
        await().pollInterval(POLL_INTERVAL).during(time).until(() -> answers.add(send(by)));
        return answers;
    }

    /** Begins to send tokens of made-up keys. Half of the connections repeat one key id, the others use a new one each time. */
    void beginHostileTraffic() {
        WebClient client = WebClient.create("http://127.0.0.1:" + service.port("server"));
        hostile = Flux.range(0, HOSTILE_CONNECTIONS)
                .flatMap(
                        i -> Mono.defer(() -> send(client, i % 2 == 0 ? "made-up-" + i : "" + UUID.randomUUID()))
                                .delayElement(Duration.ofMillis(200))
                                .repeat(),
                        HOSTILE_CONNECTIONS)
                .subscribe();
        await().until(() -> hostileRequests.get() > 2 * HOSTILE_CONNECTIONS);
    }

    private Mono<Integer> send(WebClient client, String keyId) {
        return client.get()
                .uri("/write")
                .headers(headers -> headers.setBearerAuth(UnsignedTokens.ofKey(keyId)))
                .exchangeToMono(answer -> answer.releaseBody().thenReturn(answer.statusCode()))
                .map(status -> (status.is2xxSuccessful() ? hostileSuccesses : hostileRequests).incrementAndGet())
                .onErrorReturn(0);
    }

    /** Fails the issuer of a running service, and lets it recover. The service may use its keys for 4 s, and each fetch may take 3 s. */
    void failAndRecover(IssuerServer.Fault fault, CapturedOutput log) throws Exception {
        start(
                "heartline.security.issuer.refresh=300ms",
                "heartline.security.issuer.min-interval=300ms",
                "heartline.security.issuer.timeout=3s",
                "heartline.security.issuer.max-age=4s");
        sendUntil(200, TOKENS); // the first answer of a JVM may be slow
        beginHostileTraffic();

        issuer.startFault(fault);
        List<Answer> tolerated = sendFor(A_SECOND, TOKENS);
        assertThat(tolerated).extracting(Answer::status).containsOnly(200);
        assertFast(tolerated);
        List<Answer> unknown = sendFor(A_SECOND, ROTATED);
        assertUnavailable(unknown);
        assertFast(unknown);

        List<Answer> ending = sendUntil(503, TOKENS);
        assertFast(ending);
        assertThat(ending).extracting(Answer::status).isSubsetOf(200, 503);
        List<Answer> over = sendFor(A_SECOND, TOKENS);
        assertUnavailable(over);
        assertFast(over);

        issuer.recover();
        List<Answer> back = sendUntil(200, TOKENS);
        assertThat(back).extracting(Answer::status).isSubsetOf(200, 503);
        assertFast(back);
        assertThat(hostileSuccesses).hasValue(0);
        assertThat(log.getAll().lines().filter(line -> line.contains("WARN") && line.contains(issuer.keysUri())))
                .singleElement()
                .asString()
                .contains("The keys of " + issuer.keysUri() + " cannot be fetched");
        await().untilAsserted(() -> assertThat(log.getAll().lines())
                .filteredOn(line -> line.contains(issuer.keysUri() + " can be fetched again"))
                .hasSize(1));
    }

    static void assertUnavailable(List<Answer> answers) {
        assertThat(answers).isNotEmpty().allSatisfy(answer -> {
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.response().headers().firstValue("Content-Type")).contains("application/problem+json");
            assertThat(answer.response()
                            .headers()
                            .firstValueAsLong("Retry-After")
                            .orElseThrow())
                    .isBetween(1L, 5L);
            assertThat(answer.response().body()).contains("Retry").doesNotContain("localhost", "Exception");
        });
    }

    static void assertFast(List<Answer> answers) {
        assertThat(answers).allSatisfy(answer -> assertThat(answer.took()).isLessThan(FAST));
    }
}
