package io.heartline.producer.stream;

import io.heartline.events.LikeEvent;
import io.heartline.events.Position;
import io.heartline.producer.kafka.LikeAppender;
import io.heartline.producer.like.IngestMetrics;
import io.heartline.producer.like.IngestRequest;
import io.heartline.producer.like.Problem;
import io.heartline.producer.like.RefusedException;
import io.heartline.producer.limit.RateLimiter;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpStatus;

/** Takes the lines of a stream and hands them to Kafka, as far as the window, the allowance and Kafka's client have room. */
final class LineSender {

    private static final Duration RETRY_DELAY = Duration.ofMillis(20);

    private static final Problem TOKEN_EXPIRED = Problem.of(
            HttpStatus.UNAUTHORIZED,
            HttpStatus.UNAUTHORIZED.getReasonPhrase(),
            "The token has expired. This line and all later ones were not logged: send them with another token.");

    private final IngestRequest ingestRequest;
    private final List<Header>
            traceHeaders; // a stream's lines have its trace and none of their own: there may be a million
    private final RateLimiter rateLimiter;
    private final LikeAppender appender;
    private final InFlightWindow window;
    private final IngestMetrics metrics;
    private final Duration ackTimeout;
    private final Wakeup wakeup;

    private final LineSplitter splitter = new LineSplitter(IngestRequest.MAX_LIKE_BYTES);
    private long lineNumber;
    private long nonEmptyLines;
    private boolean isInputEnded;
    private boolean needsInput = true; // there is no line but those taken
    private boolean hasRatePermit;
    private @Nullable UnsentLine unsent;
    private long unavailableSince;
    private final AtomicBoolean isAwaitingSession = new AtomicBoolean();

    /** The last line that was read, if Kafka's client had no memory for it or the log was unavailable. */
    private record UnsentLine(InFlightLine line, LikeEvent event) {}

    /** How to be called again: by {@link #sendLines} on the stream's thread, soon or in a while. */
    interface Wakeup {

        /** By any thread. */
        void wakeUp();

        void wakeUpAfter(Duration delay);
    }

    /** @param ackTimeout with a log that is not open, before lines are refused */
    LineSender(
            IngestRequest ingestRequest,
            RateLimiter rateLimiter,
            LikeAppender appender,
            InFlightWindow window,
            IngestMetrics metrics,
            Duration ackTimeout,
            Wakeup wakeup) {
        this.ingestRequest = ingestRequest;
        this.traceHeaders = ingestRequest.span().headers();
        this.rateLimiter = rateLimiter;
        this.appender = appender;
        this.window = window;
        this.metrics = metrics;
        this.ackTimeout = ackTimeout;
        this.wakeup = wakeup;
    }

    /** The next piece; only while it {@link #needsInput}. */
    void add(DataBuffer piece) {
        splitter.add(piece);
        needsInput = false;
    }

    /** There will be no further piece. */
    void endInput() {
        splitter.endInput();
        isInputEnded = true;
        needsInput = false;
    }

    /** Whether another piece is needed to go on. */
    boolean needsInput() {
        return needsInput && unsent == null;
    }

    /** Whether every line has been taken that there will ever be. */
    boolean isDone() {
        return isInputEnded && needsInput();
    }

    /**
     * Refuses the first line that Kafka was not given, and with it all later ones, because the token has expired. Called when
     * all lines before it are settled.
     */
    void refuseRemaining() {
        metrics.refused(TOKEN_EXPIRED.status());
        window.writeFinalRefusal(unsent == null ? lineNumber + 1 : lineNumber, TOKEN_EXPIRED);
    }

    /** Of the line that was taken last, from 1. */
    long lineNumber() {
        return lineNumber;
    }

    /** Returns how many lines were taken that are not empty. */
    long nonEmptyLines() {
        return nonEmptyLines;
    }

    void sendLines() {
        while (window.hasRoom()) {
            if (unsent != null) {
                if (!trySend(unsent.line(), unsent.event())) {
                    return;
                }
                unsent = null;
            }
            if (needsInput || !acquireRatePermit()) {
                return;
            }
            needsInput = !splitter.next();
            if (!needsInput) {
                hasRatePermit = false;
                lineNumber++;
                sendNext();
            }
        }
    }

    private void sendNext() {
        boolean isEmpty = !splitter.isTooLong() && splitter.length() == 0;
        if (!isEmpty) {
            nonEmptyLines++;
        }
        try {
            if (splitter.isTooLong()) {
                throw RefusedException.tooLarge();
            }
            LikeEvent event = ingestRequest.toEvent(lineNumber, splitter.bytes(), splitter.start(), splitter.length());
            InFlightLine line = new InFlightLine(lineNumber, splitter.length(), event.id());
            if (!trySend(line, event)) {
                unsent = new UnsentLine(line, event);
            }
        } catch (RefusedException e) {
            metrics.refused(e.type());
            window.add(InFlightLine.refused(lineNumber, e, isEmpty));
        }
    }

    /** False if it has to be tried again. */
    private boolean trySend(InFlightLine line, LikeEvent event) {
        window.add(line);
        LikeAppender.AppendStatus status =
                appender.tryAppend(event, traceHeaders, (position, failure) -> settle(line, position, failure));
        if (status == LikeAppender.AppendStatus.SENT) {
            unavailableSince = 0;
            return true;
        }
        if (status == LikeAppender.AppendStatus.UNAVAILABLE && hasTimedOut()) {
            settle(line, null, RefusedException.unavailable(null));
            return true;
        }
        window.removeLast();
        if (status == LikeAppender.AppendStatus.BUFFER_FULL) {
            wakeup.wakeUpAfter(RETRY_DELAY);
        }
        return false;
    }

    /** By any thread. */
    private void settle(InFlightLine line, Position position, Exception failure) {
        if (position != null) {
            metrics.accepted();
            line.settle(position, null);
        } else {
            RefusedException refusal = RefusedException.of(failure);
            metrics.refused(refusal.type());
            line.settle(null, refusal);
        }
        if (window.isHead(line)) {
            wakeup.wakeUp();
        }
    }

    /** A log that is not open is waited for, but not for ever: then lines are refused until it is. */
    private boolean hasTimedOut() {
        long now = System.nanoTime();
        if (unavailableSince == 0) {
            unavailableSince = now;
        }
        if (now - unavailableSince >= ackTimeout.toNanos()) {
            return true;
        }
        // each time, because a log that has opened may close again before it takes a line
        if (isAwaitingSession.compareAndSet(false, true)) {
            appender.whenAvailable().whenComplete((session, e) -> {
                isAwaitingSession.set(false);
                wakeup.wakeUp();
            });
        }
        return false;
    }

    /** A stream that is too fast is not refused but slowed down. */
    private boolean acquireRatePermit() {
        if (!hasRatePermit) {
            Duration wait = rateLimiter.tryAcquire();
            hasRatePermit = wait.isZero();
            if (!hasRatePermit) {
                wakeup.wakeUpAfter(wait.plusMillis(1));
            }
        }
        return hasRatePermit;
    }
}
