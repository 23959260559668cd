package io.heartline.web.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LingeringCloseTest {

    private static final String POST = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";

    private EmbeddedChannel channel;
    private int read;

    @BeforeEach
    void connect() {
        channel = new EmbeddedChannel();
        channel.freezeTime();
        channel.pipeline()
                .addLast(
                        new HttpServerCodec(),
                        new LingeringClose(Duration.ofSeconds(5)),
                        new ChannelInboundHandlerAdapter() {
                            @Override
                            public void channelRead(ChannelHandlerContext context, Object message) {
                                read++;
                                ReferenceCountUtil.release(message);
                            }
                        });
    }

    @AfterEach
    void release() {
        channel.finishAndReleaseAll();
    }

    @Test
    void requestIsComplete_connectionIsClosedImmediately() {
        receive(POST + "0\r\n\r\n");
        answer(HttpResponseStatus.OK);

        close();

        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void requestIsNotAnswered_connectionIsClosedImmediately() {
        receive(POST);
        answer(HttpResponseStatus.CONTINUE);

        close();

        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void answeredEarly_requestsAfterItAreDiscarded() {
        receive(POST + "1\r\nx\r\n");
        answer(HttpResponseStatus.BAD_REQUEST);
        close();

        receive("0\r\n\r\nGET / HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\n");

        channel.checkException();
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void answeredEarly_restOfTheRequestIsDiscarded_andThenTheConnectionIsClosed() {
        receive(POST + "1\r\nx\r\n");
        answer(HttpResponseStatus.BAD_REQUEST);
        close();
        int before = read;
        ByteBuf piece = Unpooled.copiedBuffer("1\r\nx\r\n", StandardCharsets.US_ASCII);

        channel.writeInbound(piece);

        assertThat(channel.isOpen()).isTrue();
        assertThat(piece.refCnt()).isZero();

        receive("0\r\n\r\n");

        assertThat(channel.isOpen()).isFalse();
        assertThat(read).isEqualTo(before);
    }

    @Test
    void answeredEarly_andRequestDoesNotEnd_connectionIsClosedAfterTheMaximum() {
        receive(POST);
        answer(HttpResponseStatus.BAD_REQUEST);
        close();
        for (int i = 0; i < 4; i++) {
            pass(1);
            receive("1\r\nx\r\n");
        }
        assertThat(channel.isOpen()).isTrue();

        pass(2);

        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void closedInTheMiddleOfAnAnswer_restOfTheRequestIsDiscardedFirst() {
        receive(POST);
        channel.writeOutbound(new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK));

        LingeringClose.close(channel);
        channel.runPendingTasks();
        assertThat(channel.isOpen()).isTrue();

        receive("0\r\n\r\n");
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void closedASecondTime_connectionIsClosedImmediately() {
        receive(POST);
        answer(HttpResponseStatus.BAD_REQUEST);
        close();

        close();

        assertThat(channel.isOpen()).isFalse();
    }

    /** Closes the channel through its pipeline. The method of {@link EmbeddedChannel} would also cancel the scheduled tasks. */
    private void close() {
        channel.pipeline().close();
    }

    private void answer(HttpResponseStatus status) {
        channel.writeOutbound(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status));
    }

    private void receive(String bytes) {
        channel.writeInbound(Unpooled.copiedBuffer(bytes, StandardCharsets.US_ASCII));
    }

    private void pass(long seconds) {
        channel.advanceTimeBy(seconds, TimeUnit.SECONDS);
        channel.runPendingTasks();
    }
}
