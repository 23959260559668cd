package io.heartline.producer;

import io.heartline.events.LikeEvent;
import io.heartline.events.Position;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;

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

    private static final long RETRY_MILLIS = 20;

    private final Publisher<DataBuffer> body;
    private final Intake intake;
    private final Allowance allowance;
    private final LikeLog likes;
    private final IngestMetrics metrics;
    private final Settings settings;
    private final ScheduledExecutorService loop;
    private final Runnable cutOff;

    private final Lines lines = new Lines(Intake.MOST_BYTES);
    private final Window window;
    private final AtomicBoolean isAwake = new AtomicBoolean();

    private Subscription request;
    private Subscriber<? super byte[]> answer;
    private ScheduledFuture<?> watch;
    private long demand;
    private boolean isWorking;
    private boolean isAsking;
    private boolean isDry = true; // there is no line but those taken
    private boolean isRead;
    private boolean isStopping;
    private boolean isSummedUp;
    private boolean isOver;
    private boolean mayTake;
    private LikeEvent parked; // taken, but Kafka's client had no memory for it
    private int parkedBytes;
    private long closedSince;
    private long number;
    private long lastProgress = System.nanoTime();

    /**
     * @param window lines that may be on their way at once
     * @param windowBytes that they may take up
     * @param stall without progress of any kind, after which the stream is cut off
     * @param patience with a log that is not open, before lines are refused
     */
    record Settings(int window, int windowBytes, Duration stall, Duration patience) {}

    /**
     * @param body of the request
     * @param isMinimal whether only refused lines and the sums are told
     * @param loop the connection's thread
     * @param cutOff ends the connection, so that an answer that is not whole does not look as if it were
     */
    LikeStream(
            Publisher<DataBuffer> body,
            Intake intake,
            Allowance allowance,
            boolean isMinimal,
            LikeLog likes,
            IngestMetrics metrics,
            Settings settings,
            ScheduledExecutorService loop,
            Runnable cutOff) {
        this.body = body;
        this.intake = intake;
        this.allowance = allowance;
        this.window = new Window(settings.window(), settings.windowBytes(), isMinimal);
        this.likes = likes;
        this.metrics = metrics;
        this.settings = settings;
        this.loop = loop;
        this.cutOff = cutOff;
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
                loop.execute(LikeStream.this::end);
            }
        });
        body.subscribe(new Body());
        long interval = Math.max(1, settings.stall().toMillis() / 10);
        watch = loop.scheduleAtFixedRate(this::endIfStalled, interval, interval, TimeUnit.MILLISECONDS);
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
            if (!isOver) {
                lines.add(piece);
                isDry = false;
                lastProgress = System.nanoTime();
            }
            DataBufferUtils.release(piece);
            work();
        }

        @Override
        public void onComplete() {
            isAsking = false;
            isRead = true;
            isDry = false;
            lines.end();
            work();
        }

        @Override
        public void onError(Throwable e) {
            log.debug("a stream's client is gone after line {}: {}", number, e.toString());
            cutOff();
        }
    }

    /** Goes on wherever there is something to go on with. */
    private void work() {
        if (isWorking || isOver || request == null) {
            return;
        }
        isWorking = true;
        do {
            if (window.tellSettled()) {
                lastProgress = System.nanoTime();
            }
            takeLines();
            sumUp();
        } while (deliver());
        isWorking = false;
        if (isSummedUp && !window.hasResults()) {
            end();
            answer.onComplete();
        } else if (isStopping && window.isEmpty() && !window.hasResults()) {
            cutOff();
        } else if (isDry && !isAsking && !isRead && !isStopping && window.hasRoom()) {
            isAsking = true;
            request.request(1);
        }
    }

    /** By Kafka's thread, once for however many acknowledgements until this thread has come to it. */
    private void wake() {
        if (isAwake.compareAndSet(false, true)) {
            loop.execute(() -> {
                isAwake.set(false);
                work();
            });
        }
    }

    private void takeLines() {
        while (!isStopping && window.hasRoom()) {
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
            window.add(Line.refused(number, e));
        }
    }

    /** False if it has to be tried again. */
    private boolean send(LikeEvent event, int bytes) {
        Line line = new Line(number, bytes, event.id());
        window.add(line);
        LikeLog.Offer offer = likes.offer(event, (position, failure) -> settle(line, position, failure));
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
            loop.schedule(this::work, RETRY_MILLIS, TimeUnit.MILLISECONDS);
        }
        return false;
    }

    /** By any thread. */
    private void settle(Line line, Position position, Exception failure) {
        if (position != null) {
            metrics.accepted();
        } else {
            metrics.refused(ProblemType.logUnavailable);
        }
        line.settle(position, failure);
        if (window.waitsFor(line)) {
            wake();
        }
    }

    /** A log that is not open is waited for, but not for ever: then lines are refused until it is. */
    private boolean isClosedForLong() {
        long now = System.nanoTime();
        if (closedSince == 0) {
            closedSince = now;
            likes.opened().whenComplete((open, e) -> wake());
        }
        return now - closedSince >= settings.patience().toNanos();
    }

    /** A stream that is too fast is not refused but slowed down. */
    private boolean isAllowed() {
        if (!mayTake) {
            Duration wait = allowance.take();
            mayTake = wait.isZero();
            if (!mayTake) {
                loop.schedule(this::work, wait.toMillis() + 1, TimeUnit.MILLISECONDS);
            }
        }
        return mayTake;
    }

    private void sumUp() {
        if (isRead && isDry && parked == null && window.isEmpty() && !isSummedUp) {
            window.sumUp();
            isSummedUp = true;
        }
    }

    private boolean deliver() {
        if (demand == 0 || !window.hasResults()) {
            return false;
        }
        demand--;
        lastProgress = System.nanoTime();
        answer.onNext(window.takeResults());
        return true;
    }

    private void endIfStalled() {
        if (!isOver && System.nanoTime() - lastProgress > settings.stall().toNanos()) {
            log.info("a stream that got nowhere for {} is cut off after line {}", settings.stall(), number);
            cutOff();
        }
    }

    /** Takes no further line, tells what is still to be told of those it took, and ends without having ended whole. */
    void stop() {
        loop.execute(() -> {
            isStopping = true;
            work();
        });
    }

    private void cutOff() {
        end();
        cutOff.run();
    }

    private void end() {
        if (!isOver) {
            isOver = true;
            watch.cancel(false);
            request.cancel();
        }
    }
}
