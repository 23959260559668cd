package io.heartline.producer;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import reactor.netty.channel.AbortedException;

/**
 * A stream of likes that becomes the stream of their results. Reads a piece of the request, hands each line in it to Kafka
 * without waiting for any, and tells the results in the order of the lines as they become known. It reads on only while the
 * window has room: so a Kafka that is slow, or a client that does not read, is felt where the likes come from, and memory is
 * the window's whatever the length.
 *
 * <p>All of it happens on the connection's own thread, but for Kafka's acknowledgements.
 */
final class LikeStream implements Publisher<byte[]> {

    private static final Logger log = LoggerFactory.getLogger(LikeStream.class);

    private final Publisher<DataBuffer> body;
    private final Settings settings;
    private final Channel channel;
    private final EventLoop loop;
    private final StreamTimers timers;
    private final @Nullable Instant expires;

    private final Window window;
    private final LineTaker taker;
    private final AtomicBoolean isAwake = new AtomicBoolean();

    private Subscription request;
    private Subscriber<? super byte[]> answer;
    private StallWatch stall;
    private long demand;
    private boolean isWorking;
    private boolean isAsking;
    private boolean isDiscarding; // what is read is not taken any more
    private boolean isStopping;
    private boolean isConcluded; // the answer has its last line
    private boolean isOver;
    private volatile boolean isExpired;
    private volatile boolean isCancelled;

    /**
     * @param window lines that may be on their way at once
     * @param windowBytes that they may take up
     * @param stall without progress of any kind, after which the stream is cut off
     * @param patience with a log that is not open, before lines are refused
     * @param maxHeld results that are held until a body has ended
     */
    record Settings(int window, int windowBytes, Duration stall, Duration patience, int maxHeld) {}

    /**
     * @param body of the request
     * @param channel that it comes by; closed if the answer is not whole, so that it does not look as if it were
     */
    LikeStream(
            Publisher<DataBuffer> body,
            Intake intake,
            Allowance allowance,
            ResultOptions options,
            LikeLog likes,
            IngestMetrics metrics,
            Settings settings,
            Channel channel) {
        this.body = body;
        this.window = new Window(settings.window(), settings.windowBytes(), options.isMinimal());
        if (options.isHeld()) {
            window.hold(settings.maxHeld());
        }
        this.taker = new LineTaker(intake, allowance, likes, window, metrics, settings.patience(), new Wakeups());
        this.settings = settings;
        this.channel = channel;
        this.loop = channel.eventLoop();
        this.timers = new StreamTimers(loop);
        this.expires = intake.expires();
    }

    /** Once; by whatever thread, since whoever had to wait for the log comes here by that of the log. */
    @Override
    public void subscribe(Subscriber<? super byte[]> subscriber) {
        answer = subscriber;
        loop.execute(this::begin);
    }

    private void begin() {
        answer.onSubscribe(new Subscription() {
            @Override
            public void request(long n) {
                loop.execute(() -> {
                    demand = demand + n < 0 ? Long.MAX_VALUE : demand + n;
                    work();
                });
            }

            @Override
            public void cancel() {
                isCancelled = true;
                loop.execute(LikeStream.this::end);
            }
        });
        stall = new StallWatch(settings.stall(), System.nanoTime());
        timers.tenTimesPer(settings.stall(), this::endIfStalled);
        if (expires != null) {
            timers.after(expires, this::expire);
        }
        body.subscribe(new Body());
    }

    /** The request, a piece at a time. */
    private final class Body implements Subscriber<DataBuffer> {

        @Override
        public void onSubscribe(Subscription subscription) {
            request = subscription;
            loop.execute(LikeStream.this::work);
        }

        @Override
        public void onNext(DataBuffer piece) {
            isAsking = false;
            try {
                if (!isOver && !isDiscarding) {
                    taker.add(piece);
                }
            } catch (Throwable e) {
                fail(e);
            } finally {
                DataBufferUtils.release(piece);
            }
            work();
        }

        @Override
        public void onComplete() {
            isAsking = false;
            if (isDiscarding) {
                stopNow();
                return;
            }
            window.release();
            taker.end();
            work();
        }

        @Override
        public void onError(Throwable e) {
            log.debug("a stream's client is gone after line {}: {}", taker.number(), e.toString());
            cutOff();
        }
    }

    /** Goes on wherever there is something to go on with. */
    private void work() {
        if (isWorking || isOver || request == null) {
            return;
        }
        try {
            isWorking = true;
            do {
                window.tellSettled();
                if (!isStopping && !isDiscarding) {
                    taker.takeLines();
                }
                conclude();
            } while (deliver());
            isWorking = false;
            goOn();
        } catch (Throwable e) {
            fail(e);
        }
    }

    private void goOn() {
        if ((isConcluded || isStopping && window.isEmpty()) && !window.hasResults()) {
            isOver = true;
            request.cancel();
            answer.onComplete();
        } else if (window.isOverfull() && !isDiscarding) {
            log.debug("a stream has more results than may be held: line {} and the rest are discarded", taker.number());
            isDiscarding = true;
            stall.restart(System.nanoTime());
            goOn();
        } else if (isReadyForMore() && !isAsking && !isStopping) {
            isAsking = true;
            request.request(1);
        }
    }

    private boolean isReadyForMore() {
        return isDiscarding || taker.isDry() && !taker.isThrough() && window.hasRoom();
    }

    /** Cuts the stream off after a defect or an Error. Otherwise its client would wait until the stream is stalled. */
    private void fail(Throwable e) {
        log.error("a stream is cut off after line {}", taker.number(), e);
        cutOff();
    }

    private final class Wakeups implements LineTaker.Wakeup {

        /** Once, for however many acknowledgements come until the stream's thread has come to it. */
        @Override
        public void now() {
            if (isAwake.compareAndSet(false, true)) {
                loop.execute(() -> {
                    isAwake.set(false);
                    work();
                });
            }
        }

        @Override
        public void in(Duration delay) {
            loop.schedule(LikeStream.this::work, delay.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void conclude() {
        if (isConcluded || isDiscarding || !window.isEmpty()) {
            return;
        }
        if (taker.isThrough()) {
            window.sumUp();
            isConcluded = true;
        } else if (isExpired) {
            taker.refuseRest();
            isConcluded = true;
        }
    }

    private boolean deliver() {
        if (demand == 0 || !window.hasResults()) {
            return false;
        }
        demand--;
        answer.onNext(window.takeResults());
        return true;
    }

    private void endIfStalled() {
        long lines = taker.filled() + window.settled();
        if (!stall.isStalled(System.nanoTime(), lines, unread())) {
            return;
        }
        if (isDiscarding && !isStopping) {
            stall.restart(System.nanoTime());
            stopNow();
        } else {
            log.info("a stream that got nowhere for {} is cut off after line {}", settings.stall(), taker.number());
            cutOff();
        }
    }

    private long unread() {
        ChannelOutboundBuffer waiting = channel.unsafe().outboundBuffer();
        return waiting == null ? 0 : waiting.totalPendingWriteBytes(); // null once it is closed
    }

    /** Returns whether the answer has its last line. If it ends without one, its connection must not end as if it had one. */
    boolean isConcluded() {
        return isConcluded;
    }

    /** Returns whether the stream has ended before its request because the token has expired. */
    boolean isExpired() {
        return isExpired;
    }

    /** Takes no further line. The answer ends after the results of the lines that were taken, with a refusal of the rest. */
    private void expire() {
        if (!isOver && !isStopping && !isDiscarding && !taker.isThrough()) {
            isExpired = true;
            stopNow();
        }
    }

    /** Takes no further line, tells what is still to be told of those it took, and ends without having ended whole. */
    void stop() {
        loop.execute(this::stopNow);
    }

    private void stopNow() {
        isStopping = true;
        window.release();
        work();
    }

    /** Frees what the stream needs. Called when its answer is written, or cannot be. */
    void close() {
        loop.execute(() -> {
            isOver = true;
            timers.cancel();
        });
    }

    /**
     * Closes the connection, and ends the answer unless that has cancelled it. Reactor Netty does not cancel the answer to a
     * client that has reset its connection before its first line was read: the permits would be lost.
     */
    private void cutOff() {
        boolean isFirst = !isOver;
        end();
        channel.close();
        if (isFirst && !isCancelled) {
            answer.onError(new AbortedException("the stream is cut off"));
        }
    }

    private void end() {
        isOver = true;
        timers.cancel();
        if (request != null) {
            request.cancel();
        }
    }
}
