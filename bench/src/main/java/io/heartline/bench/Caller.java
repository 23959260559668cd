package io.heartline.bench;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpVersion;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Histogram;

/**
 * Sends requests over HTTP/1.1 connections that are kept alive, one at a time on each. Opens as many as are needed at once,
 * within bounds, so that a server that is slow to answer is sent the next request all the same.
 */
final class Caller implements AutoCloseable {

    final LongAdder accepted = new LongAdder();
    /** Answered with another status than was expected, or not at all. */
    final LongAdder refused = new LongAdder();
    /** Nanoseconds from when a request was due until it was answered, of those that were accepted. */
    final Histogram delay = Delays.histogram();

    private final URI server;
    private final int expected;
    private final int most;
    private final MultiThreadIoEventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    // all below is of the loop's one thread
    private final Deque<Connection> idle = new ArrayDeque<>();
    private final Queue<Waiting> waiting = new ArrayDeque<>();
    private int open;

    /**
     * What is asked: a GET if there is no body, or else a POST of JSON.
     *
     * @param json null without a body
     * @param authorization null without a token
     */
    record Call(String path, byte[] json, String authorization) {

        Call(String path, byte[] json) {
            this(path, json, null);
        }

        static Call get(String path) {
            return new Call(path, null);
        }
    }

    private record Waiting(Call call, long due) {}

    /**
     * @param expected the status that is taken for success
     * @param most connections at once
     */
    Caller(URI server, int expected, int most) {
        this.server = server;
        this.expected = expected;
        this.most = most;
    }

    /** @param due when it should have been sent, by {@link System#nanoTime} */
    void send(Call call, long due) {
        loop.execute(() -> {
            waiting.add(new Waiting(call, due));
            Connection free = idle.poll();
            if (free != null) {
                free.next();
            } else if (open < most) {
                connect();
            }
        });
    }

    private void connect() {
        open++;
        new Bootstrap()
                .group(loop)
                .channel(EpollSocketChannel.class)
                .handler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        channel.pipeline()
                                .addLast(new HttpClientCodec(), new HttpObjectAggregator(1 << 20), new Connection());
                    }
                })
                .connect(server.getHost(), server.getPort())
                .addListener(done -> {
                    if (!done.isSuccess()) {
                        open--;
                        if (waiting.poll() != null) {
                            refuse(done.cause().toString());
                        }
                    }
                });
    }

    /** Whoever reads that some were refused wants to know why; of thousands, the first tells. */
    private void refuse(String why) {
        if (refused.sum() == 0) {
            Console.progress("a request to %s is refused: %s", server, why);
        }
        refused.increment();
    }

    private final class Connection extends SimpleChannelInboundHandler<FullHttpResponse> {

        private Channel channel;
        private Waiting sent;

        @Override
        public void channelActive(ChannelHandlerContext context) {
            channel = context.channel();
            next();
        }

        void next() {
            sent = waiting.poll();
            if (sent == null) {
                idle.push(this); // the one used last is used first: few connections, all of them warm
            } else {
                channel.writeAndFlush(request(sent.call()));
            }
        }

        private FullHttpRequest request(Call call) {
            byte[] json = call.json();
            FullHttpRequest request = new DefaultFullHttpRequest(
                    HttpVersion.HTTP_1_1,
                    json == null ? HttpMethod.GET : HttpMethod.POST,
                    call.path(),
                    json == null ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(json));
            request.headers().set(HttpHeaderNames.HOST, server.getAuthority());
            if (call.authorization() != null) {
                request.headers().set(HttpHeaderNames.AUTHORIZATION, call.authorization());
            }
            if (json != null) {
                request.headers()
                        .set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.APPLICATION_JSON)
                        .set(HttpHeaderNames.CONTENT_LENGTH, json.length);
            }
            return request;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, FullHttpResponse response) {
            if (response.status().code() == expected) {
                accepted.increment();
                delay.recordValue(System.nanoTime() - sent.due());
            } else {
                refuse("it is answered with " + response.status());
            }
            next();
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            open--;
            idle.remove(this);
            if (sent != null) {
                refuse("the connection ends without an answer");
            }
            if (!waiting.isEmpty()) {
                connect();
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable e) {
            Console.progress("a connection to %s broke: %s", server, e);
            context.close();
        }
    }

    @Override
    public void close() {
        loop.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
