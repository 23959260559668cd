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
import java.util.stream.Stream;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.http.HttpStatus;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.web.ErrorResponse;
import reactor.netty.channel.AbortedException;

class ProducerProblemsTest {

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final ProducerProblems problems =
            new ProducerProblems(new IngestMetrics(registry), new RequestTracing(Tracer.NOOP, Propagator.NOOP));
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
        ErrorResponse error = problems.toErrorResponse(RefusedException.unavailable(cause), exchange);

        assertThat(error.getStatusCode()).isEqualTo(HttpStatus.SERVICE_UNAVAILABLE);
    }

    @Test
    void clientDisconnected_isNeitherLoggedNorCounted() {
        assertThat(problems.toErrorResponse(new AbortedException("Connection has been closed"), exchange))
                .isNull();

        assertThat(registry.find("heartline.producer.refused").counters())
                .allSatisfy(counter -> assertThat(counter.count()).isZero());
    }
}
