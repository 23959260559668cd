package io.heartline.web.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ResponseDeadlineTest {

    private static final Duration STALL = Duration.ofSeconds(20);
    private static final int ANSWER_BYTES = 440_000;

    private final SlowChannel channel = new SlowChannel();

    ResponseDeadlineTest() {
        channel.pipeline().addLast(new HttpServerCodec(), new ResponseDeadline(STALL), new RequestDeadline(STALL));
        channel.pipeline().fireChannelActive();
    }

    @AfterEach
    void release() {
        channel.finishAndReleaseAll();
    }

    @Test
    void slowReader_receivesTheWholeAnswer() {
        request();
        respond(ANSWER_BYTES);

        for (int read = 0; read < ANSWER_BYTES; read += 10_000) {
            channel.pass(1);
            channel.read(10_000);
        }
        channel.read(1_000); // the head
        channel.pass(19);

        assertThat(channel.isOpen()).isTrue();
        assertThat(waiting()).isZero();
    }

    @Test
    void clientThatReadsNothing_isDisconnected() {
        request();
        respond(ANSWER_BYTES);
        channel.pass(19);
        assertThat(channel.isOpen()).isTrue();

        channel.pass(2);

        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void clientThatStopsReading_isDisconnected() {
        request();
        respond(ANSWER_BYTES);
        channel.pass(19);
        channel.read(10_000);
        channel.pass(2);
        assertThat(channel.isOpen()).isTrue();

        channel.pass(20);

        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void requestsBeforeTheAnswerIsRead_doNotExtendTheDeadline() {
        request();
        respond(ANSWER_BYTES);
        for (int i = 0; i < 2; i++) {
            channel.pass(9);
            request();
            respond(100);
        }

        channel.pass(3);

        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void incompleteAnswer_hasNoDeadline() {
        request();

        channel.pass(1_000);

        assertThat(channel.isOpen()).isTrue();
    }

    @Test
    void deadlineOfTheNextRequest_startsWhenTheAnswerIsRead() {
        request();
        respond(10_000);
        channel.pass(15);
        channel.read(20_000);
        channel.pass(15);
        assertThat(channel.isOpen()).isTrue();

        channel.pass(6);

        assertThat(channel.isOpen()).isFalse();
    }

    private void request() {
        channel.writeInbound(Unpooled.copiedBuffer("GET / HTTP/1.1\r\n\r\n", StandardCharsets.US_ASCII));
    }

    private void respond(int bytes) {
        channel.writeAndFlush(new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, HttpResponseStatus.OK, Unpooled.wrappedBuffer(new byte[bytes])));
    }

    private long waiting() {
        return channel.unsafe().outboundBuffer().totalPendingWriteBytes();
    }
}
