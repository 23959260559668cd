package io.heartline.producer;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.propagation.Propagator;
import java.io.EOFException;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.http.HttpStatus;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import reactor.netty.channel.AbortedException;

class ProblemsTest {

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final LikeLog likes = new LikeLog(
            new LogOpener(null, Map.of(), new ProducerSettings.Topic("likes", 1, (short) 1, 1), Duration.ofDays(1)),
            "/test",
            Duration.ofDays(1));
    private final Problems problems = new Problems(
            new IngestMetrics(registry, likes, new Places("streams", 1)), new Traces(Tracer.NOOP, Propagator.NOOP));
    private final MockServerWebExchange exchange = MockServerWebExchange.from(MockServerHttpRequest.post("/v1/likes"));

    static Stream<Exception> whatABrokerThatIsGoneLeaves() {
        return Stream.of(
                new IOException("Connection reset by peer"),
                new IOException("Broken pipe"),
                new SslAuthenticationException("SSL handshake failed", new EOFException()));
    }

    @ParameterizedTest
    @MethodSource("whatABrokerThatIsGoneLeaves")
    void aBrokerThatIsGone_isNotTakenForAClient_whoWouldHaveBeenTold200(Exception cause) {
        problems.handle(exchange, RefusedException.unavailable(cause)).block(Duration.ofSeconds(30));

        assertThat(exchange.getResponse().getStatusCode()).isEqualTo(HttpStatus.SERVICE_UNAVAILABLE);
    }

    @Test
    void aClientThatIsGone_isNoDefect_andNoRefusal() {
        problems.handle(exchange, new AbortedException("Connection has been closed"))
                .block(Duration.ofSeconds(30));

        assertThat(exchange.getResponse().isCommitted()).isFalse();
        assertThat(registry.find("heartline.producer.refused").counters())
                .allSatisfy(counter -> assertThat(counter.count()).isZero());
    }
}
