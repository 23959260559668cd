package io.heartline.bench;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketVersion;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/** WebSocket clients that count what they are told, all on one thread. */
final class Followers implements AutoCloseable {

    private static final byte[] ID = "\"id\":\"".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] DIGEST = "{\"kind\":\"digest\"".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] LIKE = "{\"kind\":\"like\"".getBytes(StandardCharsets.US_ASCII);
    private static final int TIMED = 50;

    final LongAdder likes = new LongAdder();
    final LongAdder digests = new LongAdder();
    final LongAdder closed = new LongAdder();
    /** Nanoseconds from when the like was due to be sent until a frame of it arrived; of the first 50 followers. */
    final Histogram delay = new ConcurrentHistogram(TimeUnit.MINUTES.toNanos(1), 3);

    private final MultiThreadIoEventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private final List<Channel> channels = new ArrayList<>();

    /** Returns once each has been greeted. */
    static Followers connect(URI url, int count) throws InterruptedException {
        Followers followers = new Followers();
        CountDownLatch greeted = new CountDownLatch(count);
        for (int i = 0; i < count; i++) {
            followers.connect(url, i < TIMED, greeted);
        }
        if (!greeted.await(60, TimeUnit.SECONDS)) {
            throw new IllegalStateException(greeted.getCount() + " of " + count + " were not greeted");
        }
        return followers;
    }

    private void connect(URI url, boolean timed, CountDownLatch greeted) throws InterruptedException {
        WebSocketClientProtocolConfig config = WebSocketClientProtocolConfig.newBuilder()
                .webSocketUri(url)
                .version(WebSocketVersion.V13)
                .customHeaders(new DefaultHttpHeaders())
                .build();
        ChannelFuture connecting = new Bootstrap()
                .group(loop)
                .channel(EpollSocketChannel.class)
                .handler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        channel.pipeline()
                                .addLast(
                                        new HttpClientCodec(),
                                        new HttpObjectAggregator(8192),
                                        new WebSocketClientProtocolHandler(config),
                                        new Counter(timed, greeted));
                    }
                })
                .connect(url.getHost(), url.getPort())
                .sync();
        channels.add(connecting.channel());
    }

    private final class Counter extends SimpleChannelInboundHandler<WebSocketFrame> {

        private final boolean timed;
        private final CountDownLatch greeted;

        Counter(boolean timed, CountDownLatch greeted) {
            this.timed = timed;
            this.greeted = greeted;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, WebSocketFrame frame) {
            if (!(frame instanceof TextWebSocketFrame)) {
                return;
            }
            ByteBuf json = frame.content();
            if (startsWith(json, LIKE)) {
                likes.increment();
                if (timed) {
                    delay.recordValue(Math.max(0, System.nanoTime() - due(json)));
                }
            } else if (startsWith(json, DIGEST)) {
                digests.increment();
            } else {
                greeted.countDown();
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            closed.increment();
        }
    }

    /** The event's id begins with the time it was due, in nanoseconds. */
    private static long due(ByteBuf json) {
        int at = json.readerIndex();
        int end = json.writerIndex() - ID.length;
        while (at < end && !matches(json, at, ID)) {
            at++;
        }
        long nanos = 0;
        for (at += ID.length; at < json.writerIndex() && json.getByte(at) >= '0' && json.getByte(at) <= '9'; at++) {
            nanos = nanos * 10 + json.getByte(at) - '0';
        }
        return nanos;
    }

    private static boolean startsWith(ByteBuf json, byte[] start) {
        return json.readableBytes() >= start.length && matches(json, json.readerIndex(), start);
    }

    private static boolean matches(ByteBuf json, int at, byte[] text) {
        for (int i = 0; i < text.length; i++) {
            if (json.getByte(at + i) != text[i]) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void close() {
        channels.forEach(Channel::close);
        loop.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
