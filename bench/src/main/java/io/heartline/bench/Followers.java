package io.heartline.bench;

import com.sun.management.UnixOperatingSystemMXBean;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler.ClientHandshakeStateEvent;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntFunction;
import org.HdrHistogram.Histogram;

/** WebSocket clients that count what they are told, all on one thread. */
final class Followers implements AutoCloseable {

    static final byte[] DIGEST = "{\"kind\":\"digest\"".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] LIKE = "{\"kind\":\"like\"".getBytes(StandardCharsets.US_ASCII);
    private static final int CONNECTING_AT_ONCE = 256;
    private static final int PER_ADDRESS = 20_000; // Linux has 28 000 ports for them by default
    private static final int SMALL_BUFFER = 4096;

    final LongAdder likes = new LongAdder();
    final LongAdder digests = new LongAdder();
    /** Nanoseconds from when the like was due to be sent until a frame of it arrived; of the timed followers. */
    final Histogram delay = Delays.histogram();

    private final MultiThreadIoEventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private final ChannelGroup connected = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final Semaphore places = new Semaphore(CONNECTING_AT_ONCE);
    private final boolean reading;
    private final boolean greeted;
    private volatile Throwable trouble;

    private Followers(boolean reading, boolean greeted) {
        this.reading = reading;
        this.greeted = greeted;
    }

    /**
     * Returns once each has been greeted.
     *
     * @param target which greets them, or lets the handshake do
     * @param url what each follows
     * @param timed how many of them measure delays, which the others have no time for: some who connect first and some who connect
     *     last, since a server that tells them in that order tells the first ones sooner than most
     * @throws CannotMeasureException if they cannot all connect
     */
    static Followers connect(Target target, IntFunction<URI> url, int count, int timed) throws InterruptedException {
        return new Followers(true, target.greets()).open(url, count, timed);
    }

    /** Once greeted, they read nothing more, and the kernel has next to no room for what they do not read. */
    static Followers stalled(Target target, IntFunction<URI> url, int count) throws InterruptedException {
        return new Followers(false, target.greets()).open(url, count, 0);
    }

    private Followers open(IntFunction<URI> url, int count, int timed) throws InterruptedException {
        try {
            requireFiles(count);
            for (int i = 0; i < count; i++) {
                awaitPlaces(1);
                open(url.apply(i), i, isTimed(i, count, timed));
                if ((i + 1) % 2000 == 0) {
                    Console.progress("%,d of %,d followers", i + 1, count);
                }
            }
            awaitPlaces(CONNECTING_AT_ONCE);
            return this;
        } catch (InterruptedException | CannotMeasureException e) {
            close();
            throw e;
        }
    }

    /** Whether it is one of those, who are spread evenly; all are if there are fewer. */
    static boolean isTimed(int number, int count, int timed) {
        return (long) number * timed / count < (number + 1L) * timed / count;
    }

    /** @throws CannotMeasureException if this process may not have so many more open files */
    static void requireFiles(int count) {
        if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean os
                && os.getMaxFileDescriptorCount() - os.getOpenFileDescriptorCount() < count) {
            throw new CannotMeasureException(Console.format(
                    "%,d more open files are needed, and a process may have %,d here: see ulimit -Hn",
                    count, os.getMaxFileDescriptorCount()));
        }
    }

    private void awaitPlaces(int wanted) throws InterruptedException {
        boolean greeted = places.tryAcquire(wanted, 30, TimeUnit.SECONDS);
        requireWell();
        if (!greeted) {
            throw new CannotMeasureException("followers were not greeted within 30 s");
        }
    }

    /** @throws CannotMeasureException if one has been sent away or could not make sense of what it was told */
    void requireWell() {
        if (trouble != null) {
            throw new CannotMeasureException("a follower had trouble", trouble);
        }
    }

    private void open(URI url, int number, boolean timed) {
        WebSocketClientProtocolConfig config = SocketClient.to(url.toString()).build();
        Bootstrap bootstrap = new Bootstrap().group(loop).channel(EpollSocketChannel.class);
        if (!reading) {
            bootstrap.option(ChannelOption.SO_RCVBUF, SMALL_BUFFER);
        }
        String address = "127.0.0." + (1 + number / PER_ADDRESS);
        bootstrap
                .handler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        connected.add(channel);
                        SocketClient.add(channel.pipeline(), config, new Counter(timed));
                    }
                })
                .connect(new InetSocketAddress(url.getHost(), url.getPort()), new InetSocketAddress(address, 0))
                .addListener(done -> {
                    if (!done.isSuccess()) {
                        fail(done.cause());
                    }
                });
    }

    private void fail(Throwable why) {
        trouble = why;
        places.release(CONNECTING_AT_ONCE); // whoever waits is to hear of it now
    }

    private final class Counter extends SimpleChannelInboundHandler<WebSocketFrame> {

        private final boolean timed;
        private boolean following;

        Counter(boolean timed) {
            this.timed = timed;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, WebSocketFrame frame) {
            if (!(frame instanceof TextWebSocketFrame)) {
                return;
            }
            ByteBuf json = frame.content();
            if (Due.matches(json, json.readerIndex(), LIKE)) {
                likes.increment();
                if (timed) {
                    delay.recordValue(System.nanoTime() - Due.in(json));
                }
            } else if (Due.matches(json, json.readerIndex(), DIGEST)) {
                digests.increment();
            } else if (greeted) {
                follow(context);
            }
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event == ClientHandshakeStateEvent.HANDSHAKE_COMPLETE && !greeted) {
                follow(context);
            }
        }

        private void follow(ChannelHandlerContext context) {
            if (!following) {
                following = true;
                places.release();
                context.channel().config().setAutoRead(reading);
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable e) {
            fail(e);
        }
    }

    /** How many are still connected. */
    int connected() {
        return connected.size();
    }

    @Override
    public void close() {
        connected.close().awaitUninterruptibly();
        loop.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
