package io.heartline.bench;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpVersion;
import java.io.IOException;

/** One who asks every so often, over a connection for as long as the server keeps it, and then over another. */
final class AskingReader {

    private final Readers readers;
    private final Question question;
    private final long every;
    private Channel channel;
    private long due;
    private boolean greeted;
    private boolean asked;
    private boolean hurried = true;

    /** @param every nanoseconds between two requests; 0 for at once after each answer */
    AskingReader(Readers readers, Question question, long every) {
        this.readers = readers;
        this.question = question;
        this.every = every;
    }

    /**
     * In a hurry at first, as long as its server is to get warm; then in its time.
     *
     * @param turn part of the time between two requests, after which the first comes
     */
    void start(double turn) {
        due = System.nanoTime() + (long) (turn * readers.hurry());
        readers.later(due - System.nanoTime(), this::ask);
    }

    /** @param turn as above; the request that is due already comes besides */
    void keepItsTime(double turn) {
        hurried = false;
        due = System.nanoTime() + (long) ((turn - 1) * every);
    }

    private long pause() {
        return hurried ? Math.min(every, readers.hurry()) : every;
    }

    private void ask() {
        asked = true;
        readers.told.requests.increment();
        if (channel != null && channel.isActive()) {
            send();
            return;
        }
        readers.connect(pipeline ->
                        pipeline.addLast(new HttpClientCodec(), new HttpObjectAggregator(1 << 22), new Answers()))
                .addListener(done -> {
                    if (!done.isSuccess()) {
                        readers.fail(done.cause());
                    }
                });
    }

    private void send() {
        FullHttpRequest request = new DefaultFullHttpRequest(
                HttpVersion.HTTP_1_1, HttpMethod.GET, question.next(), Unpooled.EMPTY_BUFFER);
        Readers.likeABrowser(request.headers(), readers.server());
        channel.writeAndFlush(request);
    }

    private final class Answers extends SimpleChannelInboundHandler<FullHttpResponse> {

        private boolean answered;

        @Override
        public void channelActive(ChannelHandlerContext context) {
            channel = context.channel();
            send();
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, FullHttpResponse answer) {
            asked = false;
            answered = true;
            if (answer.status().code() != 200) {
                readers.fail(new CannotMeasureException(question.next() + " is answered with " + answer.status()));
                return;
            }
            boolean more = question.take(answer.content(), readers.told);
            if (!greeted) {
                greeted = true;
                readers.greeted();
            }
            if (more || every == 0) {
                ask();
            } else {
                due = Math.max(due + pause(), System.nanoTime());
                readers.later(due - System.nanoTime(), AskingReader.this::ask);
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            if (context.channel() == channel && asked) {
                channel = null; // the server hung up just as it was asked
                ask();
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable e) {
            if (e instanceof IOException && answered) {
                context.close(); // as above, and the request was on its way
            } else {
                readers.fail(e);
            }
        }
    }
}
