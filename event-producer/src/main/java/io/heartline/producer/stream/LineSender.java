package io.heartline.producer.stream;

import io.heartline.events.LikeEvent;
import io.heartline.events.Position;
import io.heartline.producer.kafka.LikeAppender;
import io.heartline.producer.like.EventFactory;
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

/** Sends the lines of a stream to Kafka while the window, the rate limit and Kafka's client have room. */
final class LineSender {

    private static final Duration RETRY_DELAY = Duration.ofMillis(20);

    static final Problem TOKEN_EXPIRED = Problem.of(
            HttpStatus.UNAUTHORIZED,
            HttpStatus.UNAUTHORIZED.getReasonPhrase(),
            "The token has expired. This line and all later ones were not logged: send them with another token.");

    private final IngestRequest ingestRequest;
    private final EventFactory eventFactory;
    private final List<Header> traceHeaders; // one trace for all lines, of which there may be a million
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
    private boolean needsInput = true; // every complete line was read
    private boolean hasRatePermit;
    private @Nullable UnsentLine unsent;
    private long unavailableSince;
    private final AtomicBoolean isAwaitingSession = new AtomicBoolean();

    /** The last line that was read, if Kafka's client had no memory for it or the log was unavailable. */
    private record UnsentLine(InFlightLine line, LikeEvent event) {}

    /** Lets {@link #sendLines} be called again on the stream's event loop. */
    interface Wakeup {

        /** Wakes the stream up soon. May be called by any thread. */
        void wakeUp();

        /** Wakes the stream up after a delay. */
        void wakeUpAfter(Duration delay);
    }

    /** @param ackTimeout maximum time that a line waits for an unavailable log before it is refused */
    LineSender(
            IngestRequest ingestRequest,
            EventFactory eventFactory,
            RateLimiter rateLimiter,
            LikeAppender appender,
            InFlightWindow window,
            IngestMetrics metrics,
            Duration ackTimeout,
            Wakeup wakeup) {
        this.ingestRequest = ingestRequest;
        this.eventFactory = eventFactory;
        this.traceHeaders = ingestRequest.span().headers();
        this.rateLimiter = rateLimiter;
        this.appender = appender;
        this.window = window;
        this.metrics = metrics;
        this.ackTimeout = ackTimeout;
        this.wakeup = wakeup;
    }

    /** Adds the next piece. May be called only while {@link #needsInput} returns true. */
    void add(DataBuffer piece) {
        splitter.add(piece);
        needsInput = false;
    }

    /** Ends the input. */
    void endInput() {
        splitter.endInput();
        isInputEnded = true;
        needsInput = false;
    }

    /** Returns whether every complete line was sent or refused, so that another piece is needed. */
    boolean needsInput() {
        return needsInput && unsent == null;
    }

    /** Returns whether the input has ended and every line was sent or refused. */
    boolean isDone() {
        return isInputEnded && needsInput();
    }

    /**
     * Refuses the first line that was not sent, and with it all later lines. Called when all earlier lines are settled.
     *
     * @param problem why no further line is sent
     */
    void refuseRemaining(Problem problem) {
        metrics.refused(problem);
        window.writeFinalRefusal(unsent == null ? lineNumber + 1 : lineNumber, problem);
    }

    /** Returns the number of the line that was read last, starting at 1; 0 if there was none. */
    long lineNumber() {
        return lineNumber;
    }

    /** Returns the number of lines that were read, without empty lines. */
    long nonEmptyLines() {
        return nonEmptyLines;
    }

    /** Sends lines until the window is full, the rate limit is reached, Kafka refuses a line, or there is no line. */
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
            LikeEvent event = eventFactory.ofItem(
                    ingestRequest, lineNumber, splitter.bytes(), splitter.start(), splitter.length());
            InFlightLine line = new InFlightLine(lineNumber, splitter.length(), event.id());
            if (!trySend(line, event)) {
                unsent = new UnsentLine(line, event);
            }
        } catch (RefusedException e) {
            metrics.refused(e.type());
            window.add(InFlightLine.refused(lineNumber, e, isEmpty));
        }
    }

    /** Returns false if the line has to be sent again later. */
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

    /** Settles a line. May be called by any thread. */
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

    /** Returns whether the log is unavailable for the ack timeout. Before that, the stream waits for it. */
    private boolean hasTimedOut() {
        long now = System.nanoTime();
        if (unavailableSince == 0) {
            unavailableSince = now;
        }
        if (now - unavailableSince >= ackTimeout.toNanos()) {
            return true;
        }
        // repeated, because a session may end before a line is sent
        if (isAwaitingSession.compareAndSet(false, true)) {
            appender.whenAvailable().whenComplete((session, e) -> {
                isAwaitingSession.set(false);
                wakeup.wakeUp();
            });
        }
        return false;
    }

    /** Returns false if the stream exceeds the rate limit: it is slowed down and not refused. */
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
