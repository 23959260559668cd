package io.heartline.web;

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

class UnanswerableTest {

    private final Unanswerable unanswerable = new Unanswerable();
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
    void whoHasLeft_isNoDefect() {
        exchange.getResponse().setStatusCode(HttpStatus.OK);

        unanswerable
                .handle(exchange, new AbortedException("Connection has been closed"))
                .block();
        unanswerable
                .handle(exchange, new IOException("Connection reset by peer"))
                .block();

        assertThat(exchange.getResponse().getStatusCode()).isNull();
    }

    @Test
    void aDefect_isLeftToOthers_andSoIsWhatBreaksOffInTheMiddleOfAnAnswer() {
        assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> unanswerable
                .handle(exchange, new IllegalStateException("a defect"))
                .block());
        exchange.getResponse().setComplete().block();
        assertThatExceptionOfType(AbortedException.class).isThrownBy(() -> unanswerable
                .handle(exchange, new AbortedException("Connection has been closed"))
                .block());
    }
}
