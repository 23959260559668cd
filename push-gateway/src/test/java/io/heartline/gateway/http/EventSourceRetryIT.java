package io.heartline.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.gateway.GatewayIT;
import io.heartline.gateway.stream.StreamRefusedException;
import io.heartline.gateway.stream.StreamRefusedException.Reason;
import io.heartline.gateway.stream.fanout.Fanout;
import io.heartline.web.limit.ConcurrencyLimit;
import io.heartline.web.limit.ConcurrencyLimit.Permit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.TestPropertySource;

/** A browser's EventSource never reconnects after 503 and 429, so a full or stopping instance answers it with 200. */
@TestPropertySource(properties = {"heartline.gateway.connections=4", "heartline.gateway.connections-per-caller=3"})
class EventSourceRetryIT extends GatewayIT {

    private static final Map<String, String> EVENT_STREAM = Map.of("Accept", "text/event-stream");

    @Autowired
    private ConcurrencyLimit connectionLimit;

    @Autowired
    private Fanout fanout;

    private final List<Permit> permits = new ArrayList<>();

    @AfterEach
    void leave() {
        permits.forEach(Permit::release);
    }

    @Test
    void fullInstance_sendsEventSourceRandomRetry() throws Exception {
        fill(i -> "caller-" + i);
        double refused = refused(Reason.full);

        Set<String> answers = new HashSet<>();
        for (int i = 0; i < 20; i++) {
            HttpAnswer answer = HttpAnswer.ofRawRequest(port, path, EVENT_STREAM);
            assertSendsRetry(answer);
            answers.add(new String(answer.body()));
        }

        assertThat(answers).hasSizeGreaterThan(10);
        assertThat(refused(Reason.full)).isEqualTo(refused + 20);
    }

    @Test
    void fullInstance_refusesEveryOtherClientWith503() throws Exception {
        fill(i -> "caller-" + i);

        HttpAnswer answer = HttpAnswer.ofRawRequest(port, path, Map.of("Accept", "application/json"));

        assertThat(answer.status()).isEqualTo(503);
        assertThat(Integer.parseInt(answer.headers().getFirst("Retry-After"))).isBetween(3, 10);
    }

    @Test
    void callerWithTooManyConnections_isRefusedWith429_alsoAnEventSource() throws Exception {
        fill(i -> "127.0.0.1");

        assertThat(HttpAnswer.ofRawRequest(port, path, EVENT_STREAM).status()).isEqualTo(429);
    }

    @Test
    @DirtiesContext(methodMode = DirtiesContext.MethodMode.AFTER_METHOD)
    void stoppingInstance_sendsEventSourceRetry() throws Exception {
        double refused = refused(Reason.draining);
        fanout.drain(System.nanoTime());

        assertSendsRetry(HttpAnswer.ofRawRequest(port, path, EVENT_STREAM));

        assertThat(refused(Reason.draining)).isEqualTo(refused + 1);
    }

    private static void assertSendsRetry(HttpAnswer answer) {
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.mediaType()).isEqualTo("text/event-stream");
        assertThat(answer.headers().getCacheControl()).isEqualTo("no-store");
        String body = new String(answer.body());
        assertThat(body).startsWith("retry:").endsWith("\n\n");
        assertThat(Integer.parseInt(body.substring("retry:".length()).strip())).isBetween(3_000, 10_000);
        answer.assertDocumented(OpenApiCases.PATHS.at(OpenApiCases.LIKES, "get"));
    }

    private void fill(IntFunction<String> callers) {
        try {
            while (true) {
                permits.add(connectionLimit.acquire(callers.apply(permits.size())));
            }
        } catch (StreamRefusedException e) {
            assertThat(permits).isNotEmpty();
        }
    }

    private double refused(Reason reason) {
        return registry.get("heartline.gateway.refused")
                .tag("reason", reason.name())
                .counter()
                .count();
    }
}
