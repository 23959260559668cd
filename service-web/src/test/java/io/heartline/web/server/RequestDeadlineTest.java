package io.heartline.web.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RequestDeadlineTest {

    private static final String POST = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";

    private EmbeddedChannel channel;

    @BeforeEach
    void connect() {
        channel = new EmbeddedChannel();
        channel.freezeTime();
        channel.pipeline().addLast(new HttpServerCodec(), new RequestDeadline(Duration.ofSeconds(20)));
        channel.pipeline().fireChannelActive();
    }

    @AfterEach
    void release() {
        channel.finishAndReleaseAll();
    }

    @Test
    void idleConnection_isClosed() {
        pass(19);
        assertThat(channel.isOpen()).isTrue();

        pass(2);

        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void tricklingRequest_isClosed() {
        receive("GET /v1/authors/alice/likes HTTP/1.1\r\nX-Slow: ");
        for (int i = 0; i < 19; i++) {
            pass(1);
            receive("x");
        }

        pass(2);

        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void slowResponse_isNoTimeout_andTheNextRequestHasItsOwnDeadline() {
        receive("GET / HTTP/1.1\r\n\r\n");
        pass(1_000);
        assertThat(channel.isOpen()).isTrue();
        channel.writeOutbound(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK));
        pass(19);
        assertThat(channel.isOpen()).isTrue();

        pass(2);

        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void pipelinedRequest_hasNoDeadlineUntilItsResponse() {
        receive("GET /first HTTP/1.1\r\n\r\n" + "GET /second HTTP/1.1\r\n\r\n");
        channel.writeOutbound(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK));
        pass(1_000);
        assertThat(channel.isOpen()).isTrue();
        channel.writeOutbound(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK));
        pass(19);
        assertThat(channel.isOpen()).isTrue();

        pass(2);

        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void tricklingBody_isClosed() {
        receive(POST);
        for (int i = 0; i < 19; i++) {
            pass(1);
            receive("1\r\nx\r\n");
        }

        pass(2);

        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void body_hasItsOwnDeadline_andTheResponseHasNone() {
        pass(19);
        receive(POST);
        pass(19);
        assertThat(channel.isOpen()).isTrue();

        receive("0\r\n\r\n");
        pass(1_000);

        assertThat(channel.isOpen()).isTrue();
    }

    @Test
    void continueResponse_doesNotCountAsTheResponse() {
        receive(POST);
        channel.writeOutbound(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE));
        receive("0\r\n\r\n");

        pass(1_000);

        assertThat(channel.isOpen()).isTrue();
    }

    @Test
    void liftedDeadline_bodyMayTakeAnyTime() {
        receive(POST);
        RequestDeadline.lift(channel);
        for (int i = 0; i < 100; i++) {
            pass(15);
            receive("1\r\nx\r\n");
        }

        assertThat(channel.isOpen()).isTrue();
    }

    @Test
    void earlyResponse_clientThatKeepsSending_isClosed() {
        receive(POST);
        channel.writeOutbound(
                new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE));
        pass(10);
        receive("0\r\n\r\n");

        pass(11);

        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void webSocket_hasNoDeadline() {
        receive("GET / HTTP/1.1\r\n\r\n");
        channel.writeOutbound(
                new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.SWITCHING_PROTOCOLS));

        pass(1_000);

        assertThat(channel.isOpen()).isTrue();
        assertThat(channel.pipeline().get(RequestDeadline.class)).isNull();
    }

    private void receive(String bytes) {
        channel.writeInbound(Unpooled.copiedBuffer(bytes, StandardCharsets.US_ASCII));
    }

    private void pass(long seconds) {
        channel.advanceTimeBy(seconds, TimeUnit.SECONDS);
        channel.runPendingTasks();
    }
}
