package io.heartline.producer;

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

    private final Publisher<DataBuffer> body;
    private final Settings settings;
    private final ScheduledExecutorService loop;
    private final Runnable cutOff;

    private final Window window;
    private final LineTaker taker;
    private final AtomicBoolean isAwake = new AtomicBoolean();

    private Subscription request;
    private Subscriber<? super byte[]> answer;
    private ScheduledFuture<?> watch;
    private long demand;
    private boolean isWorking;
    private boolean isAsking;
    private boolean isStopping;
    private boolean isSummedUp;
    private boolean isOver;
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
        this.window = new Window(settings.window(), settings.windowBytes(), isMinimal);
        this.taker = new LineTaker(intake, allowance, likes, window, metrics, settings.patience(), new Wakeups());
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
        long interval = Math.max(1, settings.stall().toMillis() / 10);
        watch = loop.scheduleAtFixedRate(this::endIfStalled, interval, interval, TimeUnit.MILLISECONDS);
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
            if (!isOver) {
                taker.add(piece);
                lastProgress = System.nanoTime();
            }
            DataBufferUtils.release(piece);
            work();
        }

        @Override
        public void onComplete() {
            isAsking = false;
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
        isWorking = true;
        do {
            if (window.tellSettled()) {
                lastProgress = System.nanoTime();
            }
            if (!isStopping) {
                taker.takeLines();
            }
            sumUp();
        } while (deliver());
        isWorking = false;
        if (isSummedUp && !window.hasResults()) {
            end();
            answer.onComplete();
        } else if (isStopping && window.isEmpty() && !window.hasResults()) {
            cutOff();
        } else if (taker.isDry() && !taker.isThrough() && !isAsking && !isStopping && window.hasRoom()) {
            isAsking = true;
            request.request(1);
        }
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

    private void sumUp() {
        if (taker.isThrough() && window.isEmpty() && !isSummedUp) {
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
            log.info("a stream that got nowhere for {} is cut off after line {}", settings.stall(), taker.number());
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
