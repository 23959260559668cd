package io.heartline.web.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpStatus;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.http.server.reactive.MockServerHttpResponse;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.web.server.ServerWebExchange;
import reactor.netty.channel.AbortedException;

class DisconnectedClientsTest {

    private final DisconnectedClients handler = new DisconnectedClients();
    private final ServerWebExchange exchange = MockServerWebExchange.from(MockServerHttpRequest.post("/"))
            .mutate()
            .response(new MockServerHttpResponse() {
                @Override
                @SuppressWarnings("unchecked")
                public <T> T getNativeResponse() {
                    return (T) "no server's";
                }
            })
            .build();

    @Test
    void disconnectedClient_isNoError() {
        exchange.getResponse().setStatusCode(HttpStatus.OK);

        handler.handle(exchange, new AbortedException("Connection has been closed"))
                .block();
        handler.handle(exchange, new IOException("Connection reset by peer")).block();

        assertThat(exchange.getResponse().getStatusCode()).isNull();
    }

    @Test
    void otherErrors_andErrorsAfterCommit_arePassedOn() {
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> handler.handle(exchange, new IllegalStateException("a defect"))
                        .block());
        exchange.getResponse().setComplete().block();
        assertThatExceptionOfType(AbortedException.class)
                .isThrownBy(() -> handler.handle(exchange, new AbortedException("Connection has been closed"))
                        .block());
    }
}
