package io.heartline.producer.stream;

import io.heartline.producer.kafka.LikeAppender;
import io.heartline.producer.like.EventFactory;
import io.heartline.producer.like.IngestMetrics;
import io.heartline.producer.like.IngestRequest;
import io.heartline.producer.like.Problem;
import io.heartline.producer.like.RefusedException;
import io.heartline.producer.limit.RateLimiter;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.time.Instant;
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
 * A stream of likes, published as the stream of their results. It reads the body in pieces and sends each line to Kafka without
 * waiting. It publishes the results in line order as they become known.
 *
 * <p>It requests the next piece only while the window has room. So a slow Kafka, or a client that does not read, slows the client
 * down. Memory depends on the window and not on the stream's length. It runs on the connection's event loop. Only Kafka's
 * acknowledgements arrive on another thread.
 */
public final class LikeStream implements Publisher<byte[]> {

    private static final Logger log = LoggerFactory.getLogger(LikeStream.class);

    private final Publisher<DataBuffer> body;
    private final StreamSettings settings;
    private final Channel channel;
    private final EventLoop loop;
    private final StreamTimers timers;
    private final @Nullable Instant expiresAt;
    private final InFlightWindow window;
    private final LineSender lineSender;
    private Subscription upstream;
    private ResultSubscription results;
    private StallWatch stallWatch;
    private volatile StreamPhase phase = StreamPhase.READING; // written on the event loop only
    private @Nullable Problem refusal; // of the rest of the body, if the phase is REFUSED
    private boolean isAdvancing;
    private boolean isPieceRequested;
    private boolean isConcluded; // the answer has its last line
    private boolean isEnded;

    /**
     * Creates a stream, which starts when it is subscribed to.
     *
     * @param body the decoded body; it may end with a {@link RefusedException} in place of a requested piece
     * @param ingestRequest the request of the stream
     * @param eventFactory creates the events of the lines
     * @param rateLimiter rate limit of the caller
     * @param options which results are published, and when
     * @param appender appends likes to the log
     * @param metrics metrics of the service
     * @param settings limits of the stream
     * @param channel the request's connection; it is closed if the answer is incomplete, so that no client takes it for complete
     */
    public LikeStream(
            Publisher<DataBuffer> body,
            IngestRequest ingestRequest,
            EventFactory eventFactory,
            RateLimiter rateLimiter,
            ResultOptions options,
            LikeAppender appender,
            IngestMetrics metrics,
            StreamSettings settings,
            Channel channel) {
        this.body = body;
        this.settings = settings;
        this.channel = channel;
        this.loop = channel.eventLoop();
        this.timers = new StreamTimers(loop);
        this.expiresAt = ingestRequest.expiresAt();
        this.window = InFlightWindow.of(settings, options);
        this.lineSender = new LineSender(
                ingestRequest,
                eventFactory,
                rateLimiter,
                appender,
                window,
                metrics,
                settings.ackTimeout(),
                new EventLoopWakeup(loop, this::advance));
    }

    /** Starts the stream. Called once, on any thread: the caller may continue on the thread that opened the log. */
    @Override
    public void subscribe(Subscriber<? super byte[]> subscriber) {
        loop.execute(() -> start(subscriber));
    }

    private void start(Subscriber<? super byte[]> subscriber) {
        results = new ResultSubscription(subscriber, loop, this::advance, this::release);
        subscriber.onSubscribe(results);
        stallWatch = new StallWatch(settings.stallTimeout(), System.nanoTime());
        timers.runTenTimesPer(settings.stallTimeout(), this::abortIfStalled);
        if (expiresAt != null) {
            timers.runAt(expiresAt, () -> refuseRest(LineSender.TOKEN_EXPIRED));
        }
        body.subscribe(new BodySubscriber());
    }

    /** Receives the body, one requested piece at a time. */
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
                if (!isEnded && !phase.isDiscarding) {
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
            if (phase.isDiscarding) {
                stopNow();
                return;
            }
            window.releaseResults();
            lineSender.endInput();
            advance();
        }

        @Override
        public void onError(Throwable e) {
            if (e instanceof RefusedException undecodable) {
                refuseRest(Problem.ofRest(undecodable));
                stopNow(); // in each other phase, too, because the body has ended
                return;
            }
            log.debug("a stream's client disconnected after line {}: {}", lineSender.lineNumber(), e.toString());
            abort();
        }
    }

    /** Does everything that is possible now: writes results, sends lines, and requests a piece or ends. */
    private void advance() {
        if (isAdvancing || isEnded || upstream == null) {
            return;
        }
        try {
            isAdvancing = true;
            do {
                window.writeSettled();
                if (phase == StreamPhase.READING) {
                    lineSender.sendLines();
                }
                writeLastLine();
            } while (results.emit(window));
            isAdvancing = false;
            requestOrComplete();
        } catch (Throwable e) {
            fail(e);
        }
    }

    private void writeLastLine() {
        if (isConcluded || phase.isDiscarding || !window.isEmpty()) {
            return;
        }
        if (lineSender.isDone()) {
            window.writeSummary();
            isConcluded = true;
        } else if (phase == StreamPhase.REFUSED) {
            lineSender.refuseRemaining(refusal);
            isConcluded = true;
        }
    }

    private void requestOrComplete() {
        if ((isConcluded || phase.isStopping && window.isEmpty()) && !window.hasResults()) {
            isEnded = true;
            upstream.cancel();
            results.complete();
        } else if (window.hasTooManyHeld() && !phase.isDiscarding) {
            log.debug(
                    "too many held results: discarding line {} and all later lines of a stream",
                    lineSender.lineNumber());
            phase = phase.afterTooManyHeldResults();
            stallWatch.restart(System.nanoTime());
            requestOrComplete();
        } else if (isReadyForPiece() && !isPieceRequested && !phase.isStopping) {
            isPieceRequested = true;
            upstream.request(1);
        }
    }

    private boolean isReadyForPiece() {
        return phase.isDiscarding || lineSender.needsInput() && !lineSender.isDone() && window.hasRoom();
    }

    /** Aborts the stream after a defect or an Error. Otherwise its client would wait until the stream is stalled. */
    private void fail(Throwable e) {
        log.error("closing a stream after line {} because of an error", lineSender.lineNumber(), e);
        abort();
    }

    private void abortIfStalled() {
        long progress = lineSender.nonEmptyLines() + window.settledLines();
        if (!stallWatch.isStalled(System.nanoTime(), progress, StallWatch.pendingBytes(channel))) {
            return;
        }
        if (phase == StreamPhase.DISCARDING) {
            stallWatch.restart(System.nanoTime());
            stopNow();
        } else {
            log.info(
                    "closing a stream after line {}: no progress for {}",
                    lineSender.lineNumber(),
                    settings.stallTimeout());
            abort();
        }
    }

    /** {@return whether the answer has its last line; without it, its connection must not end like that of a complete answer} */
    public boolean isConcluded() {
        return isConcluded;
    }

    /** {@return whether the rest of the body is refused, and the answer ends with this refusal; any thread may call this} */
    public boolean isRefused() {
        return phase == StreamPhase.REFUSED;
    }

    /** Sends no further line. The answer ends after the results of the lines that were sent, with a refusal of the rest. */
    private void refuseRest(Problem problem) {
        if (phase == StreamPhase.READING && !isEnded && !lineSender.isDone()) {
            phase = StreamPhase.REFUSED;
            refusal = problem;
            stopNow();
        }
    }

    /** Sends no further line. The answer ends after the results of the lines that were sent. May be called by any thread. */
    void stop() {
        loop.execute(this::stopNow);
    }

    private void stopNow() {
        phase = phase.afterStop();
        window.releaseResults();
        advance();
    }

    /** Releases the stream's resources. Called by any thread when the answer is written, or cannot be written. */
    public void close() {
        loop.execute(this::end);
    }

    /**
     * Closes the connection, and ends the answer unless that has cancelled it. Reactor Netty does not cancel the answer if the client
     * has reset the connection before its first line was read. The stream's permits would then be lost.
     */
    private void abort() {
        boolean isFirst = !isEnded;
        release();
        channel.close();
        if (isFirst) {
            results.fail(new AbortedException("the stream is closed"));
        }
    }

    private void end() {
        isEnded = true;
        timers.cancel();
    }

    private void release() {
        end();
        if (upstream != null) {
            upstream.cancel();
        }
    }
}
