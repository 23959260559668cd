package io.heartline.producer.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.producer.like.IngestMetrics;
import io.heartline.producer.like.RefusedException;
import io.heartline.producer.trace.RequestTracing;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.propagation.Propagator;
import java.io.EOFException;
import java.io.IOException;
import java.time.Duration;
import java.util.stream.Stream;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.http.HttpStatus;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import reactor.netty.channel.AbortedException;

class ProducerProblemHandlerTest {

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final ProducerProblemHandler handler =
            new ProducerProblemHandler(new IngestMetrics(registry), new RequestTracing(Tracer.NOOP, Propagator.NOOP));
    private final MockServerWebExchange exchange = MockServerWebExchange.from(MockServerHttpRequest.post("/v1/likes"));

    static Stream<Exception> brokerDisconnects() {
        return Stream.of(
                new IOException("Connection reset by peer"),
                new IOException("Broken pipe"),
                new SslAuthenticationException("SSL handshake failed", new EOFException()));
    }

    @ParameterizedTest
    @MethodSource("brokerDisconnects")
    void brokerDisconnected_returns503_andIsNotTakenForADisconnectedClient(Exception cause) {
        handler.handle(exchange, RefusedException.unavailable(cause)).block(Duration.ofSeconds(30));

        assertThat(exchange.getResponse().getStatusCode()).isEqualTo(HttpStatus.SERVICE_UNAVAILABLE);
    }

    @Test
    void clientDisconnected_isNeitherLoggedNorCounted() {
        handler.handle(exchange, new AbortedException("Connection has been closed"))
                .block(Duration.ofSeconds(30));

        assertThat(exchange.getResponse().isCommitted()).isFalse();
        assertThat(registry.find("heartline.producer.refused").counters())
                .allSatisfy(counter -> assertThat(counter.count()).isZero());
    }
}
