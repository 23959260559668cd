package io.heartline.bench.client;

import io.heartline.bench.model.FrameText;
import io.heartline.bench.model.Target;
import io.heartline.bench.result.CannotMeasureException;
import io.heartline.bench.result.Console;
import io.heartline.bench.result.Delays;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import java.net.URI;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.HdrHistogram.Histogram;

/** WebSocket clients that count the frames they receive. */
public final class Followers implements AutoCloseable {

    private static final int MAX_CONNECTING = 256;
    private static final int SMALL_BUFFER = 4096;
    public final LongAdder likes = new LongAdder();
    public final LongAdder digests = new LongAdder();
    /** Nanoseconds from when a like was due until a frame of it arrived, at the timed followers. */
    public final Histogram delay = Delays.histogram();

    private final Connections connections = new Connections();
    private final Semaphore connecting = new Semaphore(MAX_CONNECTING);
    private final boolean reading;
    private final boolean greeted;
    private volatile Throwable failure;

    private Followers(boolean reading, boolean greeted) {
        this.reading = reading;
        this.greeted = greeted;
    }

    /**
     * Connects followers, and returns once each follows.
     *
     * @param target which greets its followers, or completes the handshake only
     * @param url of each follower
     * @param timed how many followers measure delays, because all of them would take too long. They are spread evenly: a server
     *     that sends in the order of connection serves the first ones sooner than most.
     * @throws CannotMeasureException if they cannot all connect
     */
    public static Followers connect(Target target, IntFunction<URI> url, int count, int timed)
            throws InterruptedException {
        return new Followers(true, target.greets()).open(url, count, timed);
    }

    /** Connects followers that stop reading once they follow, with a receive buffer of 4 KB in the kernel. */
    public static Followers stalled(Target target, IntFunction<URI> url, int count) throws InterruptedException {
        return new Followers(false, target.greets()).open(url, count, 0);
    }

    private Followers open(IntFunction<URI> url, int count, int timed) throws InterruptedException {
        try {
            Connections.requireFiles(count);
            for (int i = 0; i < count; i++) {
                awaitFollowing(1);
                open(url.apply(i), i, new Follower(isTimed(i, count, timed)));
                if ((i + 1) % 2000 == 0) {
                    Console.progress("%,d of %,d followers", i + 1, count);
                }
            }
            awaitFollowing(MAX_CONNECTING);
            return this;
        } catch (InterruptedException | CannotMeasureException e) {
            close();
            throw e;
        }
    }

    /** Returns whether a follower is timed. If fewer follow than are to be timed, all of them are. */
    static boolean isTimed(int number, int count, int timed) {
        return (long) number * timed / count < (number + 1L) * timed / count;
    }

    private void awaitFollowing(int permits) throws InterruptedException {
        boolean following = connecting.tryAcquire(permits, 30, TimeUnit.SECONDS);
        requireNoFailure();
        if (!following) {
            throw new CannotMeasureException("followers were not greeted within 30 s");
        }
    }

    /** @throws CannotMeasureException if a follower was disconnected by an error or received an unknown frame */
    public void requireNoFailure() {
        if (failure != null) {
            throw new CannotMeasureException("a follower failed", failure);
        }
    }

    private void open(URI url, int number, Follower follower) {
        Consumer<ChannelPipeline> handlers = pipeline -> {
            if (!reading) {
                pipeline.channel().config().setOption(ChannelOption.SO_RCVBUF, SMALL_BUFFER);
            }
            follower.addTo(pipeline, url.toString(), null, new DefaultHttpHeaders());
        };
        connections.connect(url, Connections.addressOf(number, 1), handlers, this::fail);
    }

    private void fail(Throwable why) {
        failure = why;
        connecting.release(MAX_CONNECTING); // wakes the thread that waits for followers
    }

    private final class Follower extends WebSocketClient {

        private final boolean timed;
        private boolean following;

        Follower(boolean timed) {
            this.timed = timed;
        }

        @Override
        void opened(ChannelHandlerContext context) {
            if (!greeted) {
                follow(context);
            }
        }

        @Override
        void received(ByteBuf json, ChannelHandlerContext context) {
            if (FrameText.isLike(json)) {
                likes.increment();
                if (timed) {
                    delay.recordValue(System.nanoTime() - FrameText.dueTime(json));
                }
            } else if (FrameText.isDigest(json)) {
                digests.increment();
            } else if (greeted) {
                follow(context);
            }
        }

        private void follow(ChannelHandlerContext context) {
            if (!following) {
                following = true;
                connecting.release();
                context.channel().config().setAutoRead(reading);
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable e) {
            fail(e);
        }
    }

    /** Returns how many followers are still connected. */
    public int connected() {
        return connections.count();
    }

    @Override
    public void close() {
        connections.close();
    }
}
