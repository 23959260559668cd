package io.heartline.producer;

import io.heartline.events.LikeEvent;
import io.heartline.events.Position;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.common.header.Header;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpStatus;

/** Takes the lines of a stream and hands them to Kafka, as far as the window, the allowance and Kafka's client have room. */
final class LineTaker {

    private static final Duration RETRY = Duration.ofMillis(20);

    private static final Problem TOKEN_EXPIRED = Problem.of(
            HttpStatus.UNAUTHORIZED,
            HttpStatus.UNAUTHORIZED.getReasonPhrase(),
            "The token has expired. This line and all later ones were not logged: send them with another token.");

    private final Intake intake;
    private final List<Header> trace; // a stream's lines have its trace and none of their own: there may be a million
    private final Allowance allowance;
    private final LikeLog likes;
    private final Window window;
    private final IngestMetrics metrics;
    private final Duration patience;
    private final Wakeup wakeup;

    private final Lines lines = new Lines(Intake.MOST_BYTES);
    private long number;
    private long filled;
    private boolean isRead;
    private boolean isDry = true; // there is no line but those taken
    private boolean mayTake;
    private LikeEvent parked; // taken, but there was no memory for it, or no log
    private int parkedBytes;
    private long closedSince;
    private final AtomicBoolean isLogAwaited = new AtomicBoolean();

    /** How to be called again: by {@link #takeLines} on the stream's thread, soon or in a while. */
    interface Wakeup {

        /** By any thread. */
        void now();

        void in(Duration delay);
    }

    /** @param patience with a log that is not open, before lines are refused */
    LineTaker(
            Intake intake,
            Allowance allowance,
            LikeLog likes,
            Window window,
            IngestMetrics metrics,
            Duration patience,
            Wakeup wakeup) {
        this.intake = intake;
        this.trace = intake.trace().headers();
        this.allowance = allowance;
        this.likes = likes;
        this.window = window;
        this.metrics = metrics;
        this.patience = patience;
        this.wakeup = wakeup;
    }

    /** The next piece; only while it {@link #isDry}. */
    void add(DataBuffer piece) {
        lines.add(piece);
        isDry = false;
    }

    /** There will be no further piece. */
    void end() {
        lines.end();
        isRead = true;
        isDry = false;
    }

    /** Whether another piece is needed to go on. */
    boolean isDry() {
        return isDry && parked == null;
    }

    /** Whether every line has been taken that there will ever be. */
    boolean isThrough() {
        return isRead && isDry();
    }

    /**
     * Refuses the first line that Kafka was not given, and with it all later ones, because the token has expired. Called when
     * all lines before it are settled.
     */
    void refuseRest() {
        metrics.refused(TOKEN_EXPIRED.status());
        window.refuseRest(parked == null ? number + 1 : number, TOKEN_EXPIRED);
    }

    /** Of the line that was taken last, from 1. */
    long number() {
        return number;
    }

    /** Returns how many lines were taken that are not empty. */
    long filled() {
        return filled;
    }

    void takeLines() {
        while (window.hasRoom()) {
            if (parked != null) {
                if (!send(parked, parkedBytes)) {
                    return;
                }
                parked = null;
            }
            if (isDry || !isAllowed()) {
                return;
            }
            isDry = !lines.next();
            if (!isDry) {
                mayTake = false;
                number++;
                take();
            }
        }
    }

    private void take() {
        boolean isEmpty = !lines.tooLong() && lines.length() == 0;
        if (!isEmpty) {
            filled++;
        }
        try {
            if (lines.tooLong()) {
                throw RefusedException.tooLarge();
            }
            LikeEvent event = intake.event(number, lines.bytes(), lines.start(), lines.length());
            if (!send(event, lines.length())) {
                parked = event;
                parkedBytes = lines.length();
            }
        } catch (RefusedException e) {
            metrics.refused(e.type());
            window.add(Line.refused(number, e, isEmpty));
        }
    }

    /** False if it has to be tried again. */
    private boolean send(LikeEvent event, int bytes) {
        Line line = new Line(number, bytes, event.id());
        window.add(line);
        LikeLog.Offer offer = likes.offer(event, trace, (position, failure) -> settle(line, position, failure));
        if (offer == LikeLog.Offer.taken) {
            closedSince = 0;
            return true;
        }
        if (offer == LikeLog.Offer.closed && isClosedForLong()) {
            settle(line, null, RefusedException.unavailable(null));
            return true;
        }
        window.removeLast();
        if (offer == LikeLog.Offer.full) {
            wakeup.in(RETRY);
        }
        return false;
    }

    /** By any thread. */
    private void settle(Line line, Position position, Exception failure) {
        if (position != null) {
            metrics.accepted();
            line.settle(position, null);
        } else {
            RefusedException refusal = RefusedException.of(failure);
            metrics.refused(refusal.type());
            line.settle(null, refusal);
        }
        if (window.waitsFor(line)) {
            wakeup.now();
        }
    }

    /** A log that is not open is waited for, but not for ever: then lines are refused until it is. */
    private boolean isClosedForLong() {
        long now = System.nanoTime();
        if (closedSince == 0) {
            closedSince = now;
        }
        if (now - closedSince >= patience.toNanos()) {
            return true;
        }
        // each time, because a log that has opened may close again before it takes a line
        if (isLogAwaited.compareAndSet(false, true)) {
            likes.opened().whenComplete((open, e) -> {
                isLogAwaited.set(false);
                wakeup.now();
            });
        }
        return false;
    }

    /** A stream that is too fast is not refused but slowed down. */
    private boolean isAllowed() {
        if (!mayTake) {
            Duration wait = allowance.take();
            mayTake = wait.isZero();
            if (!mayTake) {
                wakeup.in(wait.plusMillis(1));
            }
        }
        return mayTake;
    }
}
