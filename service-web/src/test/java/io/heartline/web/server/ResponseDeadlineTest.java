package io.heartline.web.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ResponseDeadlineTest {

    private static final Duration STALL = Duration.ofSeconds(20);
    private static final int ANSWER_BYTES = 440_000;
    private static final int EVENT_BYTES = 1_000;

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

    @Test
    void streamWhoseClientReadsNothing_isDisconnected() {
        openStream();
        event();
        channel.pass(19);
        event(); // events do not extend the deadline
        assertThat(channel.isOpen()).isTrue();

        channel.pass(2);

        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void streamWhoseClientStopsReading_isDisconnected_afterAQuietTime() {
        openStream();
        event();
        channel.read(10_000);
        channel.pass(1_000);
        assertThat(channel.isOpen()).as("the client has read everything").isTrue();

        for (int read = 0; read < 10_000; read += EVENT_BYTES) {
            event();
        }
        channel.pass(21);

        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void streamWhoseClientReadsSlowly_staysOpen() {
        openStream();
        for (int i = 0; i < 100; i++) {
            event();
        }

        for (int i = 0; i < 100; i++) {
            channel.pass(10);
            channel.read(EVENT_BYTES);
        }

        assertThat(channel.isOpen()).isTrue();
    }

    @Test
    void streamThatWasNotCovered_hasNoDeadline() {
        request();
        writeHead();
        event();

        channel.pass(1_000);

        assertThat(channel.isOpen()).isTrue();
    }

    @Test
    void answerAfterAStream_isLeftToItsWriterUntilItsEnd() {
        openStream();
        event();
        channel.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT);
        channel.read(10_000);
        request();
        writeHead();
        channel.writeAndFlush(new DefaultHttpContent(Unpooled.wrappedBuffer(new byte[ANSWER_BYTES])));

        channel.pass(1_000);
        assertThat(channel.isOpen()).isTrue();

        channel.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT);
        channel.pass(21);
        assertThat(channel.isOpen()).isFalse();
    }

    private void openStream() {
        request();
        ResponseDeadline.coverStream(channel);
        channel.runPendingTasks();
        writeHead();
    }

    private void writeHead() {
        HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
        HttpUtil.setTransferEncodingChunked(head, true);
        channel.writeAndFlush(head);
    }

    private void event() {
        channel.writeAndFlush(new DefaultHttpContent(Unpooled.wrappedBuffer(new byte[EVENT_BYTES])));
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
