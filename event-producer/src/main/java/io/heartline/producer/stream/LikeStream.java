package io.heartline.producer.stream;

import io.heartline.producer.kafka.LikeAppender;
import io.heartline.producer.like.IngestMetrics;
import io.heartline.producer.like.IngestRequest;
import io.heartline.producer.limit.RateLimiter;
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
public final class LikeStream implements Publisher<byte[]> {

    private static final Logger log = LoggerFactory.getLogger(LikeStream.class);

    private final Publisher<DataBuffer> body;
    private final Settings settings;
    private final Channel channel;
    private final EventLoop loop;
    private final StreamTimers timers;
    private final @Nullable Instant expiresAt;

    private final InFlightWindow window;
    private final LineSender lineSender;
    private final AtomicBoolean isWakeupScheduled = new AtomicBoolean();

    private Subscription upstream;
    private Subscriber<? super byte[]> downstream;
    private StallWatch stallWatch;
    private long demand;
    private boolean isAdvancing;
    private boolean isPieceRequested;
    private boolean isDiscarding; // what is read is not taken any more
    private boolean isStopping;
    private boolean isConcluded; // the answer has its last line
    private boolean isEnded;
    private volatile boolean isExpired;
    private volatile boolean isCancelled;

    /**
     * @param maxInFlightLines lines that may be on their way at once
     * @param maxInFlightBytes that they may take up
     * @param stallTimeout without progress of any kind, after which the stream is cut off
     * @param ackTimeout with a log that is not open, before lines are refused
     * @param maxHeldResults results that are held until a body has ended
     */
    public record Settings(
            int maxInFlightLines,
            int maxInFlightBytes,
            Duration stallTimeout,
            Duration ackTimeout,
            int maxHeldResults) {}

    /**
     * @param body of the request
     * @param channel that it comes by; closed if the answer is not whole, so that it does not look as if it were
     */
    public LikeStream(
            Publisher<DataBuffer> body,
            IngestRequest ingestRequest,
            RateLimiter rateLimiter,
            ResultOptions options,
            LikeAppender appender,
            IngestMetrics metrics,
            Settings settings,
            Channel channel) {
        this.body = body;
        this.window = new InFlightWindow(settings.maxInFlightLines(), settings.maxInFlightBytes(), options.isMinimal());
        if (options.isHeld()) {
            window.holdResults(settings.maxHeldResults());
        }
        this.lineSender = new LineSender(
                ingestRequest, rateLimiter, appender, window, metrics, settings.ackTimeout(), new EventLoopWakeup());
        this.settings = settings;
        this.channel = channel;
        this.loop = channel.eventLoop();
        this.timers = new StreamTimers(loop);
        this.expiresAt = ingestRequest.expiresAt();
    }

    /** Once; by whatever thread, since whoever had to wait for the log comes here by that of the log. */
    @Override
    public void subscribe(Subscriber<? super byte[]> subscriber) {
        downstream = subscriber;
        loop.execute(this::start);
    }

    private void start() {
        downstream.onSubscribe(new Subscription() {
            @Override
            public void request(long n) {
                loop.execute(() -> {
                    demand = demand + n < 0 ? Long.MAX_VALUE : demand + n;
                    advance();
                });
            }

            @Override
            public void cancel() {
                isCancelled = true;
                loop.execute(LikeStream.this::release);
            }
        });
        stallWatch = new StallWatch(settings.stallTimeout(), System.nanoTime());
        timers.runTenTimesPer(settings.stallTimeout(), this::abortIfStalled);
        if (expiresAt != null) {
            timers.runAt(expiresAt, this::expire);
        }
        body.subscribe(new BodySubscriber());
    }

    /** The request, a piece at a time. */
    private final class BodySubscriber implements Subscriber<DataBuffer> {

        @Override
        public void onSubscribe(Subscription subscription) {
            upstream = subscription;
            loop.execute(LikeStream.this::advance);
        }

        @Override
        public void onNext(DataBuffer piece) {
            isPieceRequested = false;
            try {
                if (!isEnded && !isDiscarding) {
                    lineSender.add(piece);
                }
            } catch (Throwable e) {
                fail(e);
            } finally {
                DataBufferUtils.release(piece);
            }
            advance();
        }

        @Override
        public void onComplete() {
            isPieceRequested = false;
            if (isDiscarding) {
                stopNow();
                return;
            }
            window.releaseResults();
            lineSender.endInput();
            advance();
        }

        @Override
        public void onError(Throwable e) {
            log.debug("a stream's client is gone after line {}: {}", lineSender.lineNumber(), e.toString());
            abort();
        }
    }

    /** Goes on wherever there is something to go on with. */
    private void advance() {
        if (isAdvancing || isEnded || upstream == null) {
            return;
        }
        try {
            isAdvancing = true;
            do {
                window.writeSettled();
                if (!isStopping && !isDiscarding) {
                    lineSender.sendLines();
                }
                writeLastLine();
            } while (emitResults());
            isAdvancing = false;
            requestOrComplete();
        } catch (Throwable e) {
            fail(e);
        }
    }

    private void requestOrComplete() {
        if ((isConcluded || isStopping && window.isEmpty()) && !window.hasResults()) {
            isEnded = true;
            upstream.cancel();
            downstream.onComplete();
        } else if (window.hasTooManyHeld() && !isDiscarding) {
            log.debug(
                    "a stream has more results than may be held: line {} and the rest are discarded",
                    lineSender.lineNumber());
            isDiscarding = true;
            stallWatch.restart(System.nanoTime());
            requestOrComplete();
        } else if (isReadyForPiece() && !isPieceRequested && !isStopping) {
            isPieceRequested = true;
            upstream.request(1);
        }
    }

    private boolean isReadyForPiece() {
        return isDiscarding || lineSender.needsInput() && !lineSender.isDone() && window.hasRoom();
    }

    /** Cuts the stream off after a defect or an Error. Otherwise its client would wait until the stream is stalled. */
    private void fail(Throwable e) {
        log.error("a stream is cut off after line {}", lineSender.lineNumber(), e);
        abort();
    }

    private final class EventLoopWakeup implements LineSender.Wakeup {

        /** Once, for however many acknowledgements come until the stream's thread has come to it. */
        @Override
        public void wakeUp() {
            if (isWakeupScheduled.compareAndSet(false, true)) {
                loop.execute(() -> {
                    isWakeupScheduled.set(false);
                    advance();
                });
            }
        }

        @Override
        public void wakeUpAfter(Duration delay) {
            loop.schedule(LikeStream.this::advance, delay.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void writeLastLine() {
        if (isConcluded || isDiscarding || !window.isEmpty()) {
            return;
        }
        if (lineSender.isDone()) {
            window.writeSummary();
            isConcluded = true;
        } else if (isExpired) {
            lineSender.refuseRemaining();
            isConcluded = true;
        }
    }

    private boolean emitResults() {
        if (demand == 0 || !window.hasResults()) {
            return false;
        }
        demand--;
        downstream.onNext(window.takeResults());
        return true;
    }

    private void abortIfStalled() {
        long progress = lineSender.nonEmptyLines() + window.settledLines();
        if (!stallWatch.isStalled(System.nanoTime(), progress, pendingWriteBytes())) {
            return;
        }
        if (isDiscarding && !isStopping) {
            stallWatch.restart(System.nanoTime());
            stopNow();
        } else {
            log.info(
                    "a stream that got nowhere for {} is cut off after line {}",
                    settings.stallTimeout(),
                    lineSender.lineNumber());
            abort();
        }
    }

    private long pendingWriteBytes() {
        ChannelOutboundBuffer outboundBuffer = channel.unsafe().outboundBuffer();
        return outboundBuffer == null ? 0 : outboundBuffer.totalPendingWriteBytes(); // null once it is closed
    }

    /** Returns whether the answer has its last line. If it ends without one, its connection must not end as if it had one. */
    public boolean isConcluded() {
        return isConcluded;
    }

    /** Returns whether the stream has ended before its request because the token has expired. */
    public boolean isExpired() {
        return isExpired;
    }

    /** Takes no further line. The answer ends after the results of the lines that were taken, with a refusal of the rest. */
    private void expire() {
        if (!isEnded && !isStopping && !isDiscarding && !lineSender.isDone()) {
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
        window.releaseResults();
        advance();
    }

    /** Frees what the stream needs. Called when its answer is written, or cannot be. */
    public void close() {
        loop.execute(() -> {
            isEnded = true;
            timers.cancel();
        });
    }

    /**
     * Closes the connection, and ends the answer unless that has cancelled it. Reactor Netty does not cancel the answer to a
     * client that has reset its connection before its first line was read: the permits would be lost.
     */
    private void abort() {
        boolean isFirst = !isEnded;
        release();
        channel.close();
        if (isFirst && !isCancelled) {
            downstream.onError(new AbortedException("the stream is cut off"));
        }
    }

    private void release() {
        isEnded = true;
        timers.cancel();
        if (upstream != null) {
            upstream.cancel();
        }
    }
}
