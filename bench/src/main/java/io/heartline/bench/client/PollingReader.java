package io.heartline.bench.client;

import io.heartline.bench.result.CannotMeasureException;
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

/** A client that polls. It keeps its connection as long as the server does, and opens another one when it needs it. */
final class PollingReader {

    private static final int MAX_ANSWER_BYTES = 1 << 22;
    private final Readers readers;
    private final PollRequest request;
    private final long interval;
    private Channel channel;
    private long due;
    private boolean greeted;
    private boolean awaitsAnswer;
    private boolean warmingUp = true;

    /** @param interval nanoseconds between two requests; 0 for a request immediately after each answer */
    PollingReader(Readers readers, PollRequest request, long interval) {
        this.readers = readers;
        this.request = request;
        this.interval = interval;
    }

    /** @param phase part of the warm-up interval after which the first request is sent */
    void start(double phase) {
        due = System.nanoTime() + (long) (phase * readers.warmUpInterval());
        readers.later(due - System.nanoTime(), this::poll);
    }

    /**
     * Ends the warm-up. The request that is scheduled already is sent in addition.
     *
     * @param phase part of the interval after which the next request is sent
     */
    void keepInterval(double phase) {
        warmingUp = false;
        due = System.nanoTime() + (long) ((phase - 1) * interval);
    }

    private long pause() {
        return warmingUp ? Math.min(interval, readers.warmUpInterval()) : interval;
    }

    private void poll() {
        awaitsAnswer = true;
        readers.counters.requests.increment();
        if (channel != null && channel.isActive()) {
            send();
        } else {
            readers.connect(pipeline ->
                    pipeline.addLast(new HttpClientCodec(), new HttpObjectAggregator(MAX_ANSWER_BYTES), new Answers()));
        }
    }

    private void send() {
        FullHttpRequest get =
                new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, request.next(), Unpooled.EMPTY_BUFFER);
        Readers.setBrowserHeaders(get.headers(), readers.server);
        channel.writeAndFlush(get);
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
            awaitsAnswer = false;
            answered = true;
            if (answer.status().code() != 200) {
                readers.fail(new CannotMeasureException(request.next() + " is answered with " + answer.status()));
                return;
            }
            boolean more = request.read(answer.content(), readers.counters);
            if (!greeted) {
                greeted = true;
                readers.greeted();
            }
            if (more || interval == 0) {
                poll();
            } else {
                due = Math.max(due + pause(), System.nanoTime());
                readers.later(due - System.nanoTime(), PollingReader.this::poll);
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            if (context.channel() == channel && awaitsAnswer) {
                channel = null; // the server closed the connection while the request was on its way
                poll();
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable e) {
            if (e instanceof IOException && answered) {
                context.close(); // a reset, which channelInactive handles like a close
            } else {
                readers.fail(e);
            }
        }
    }
}
