package io.heartline.producer.stream;

import io.netty.channel.EventLoop;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/** The subscriber of a stream's results, and its demand. Confined to the event loop, except {@link Subscription}'s methods. */
final class ResultSubscription implements Subscription {

    private final Subscriber<? super byte[]> subscriber;
    private final EventLoop loop;
    private final Runnable advance;
    private final Runnable release;
    private long demand;
    private volatile boolean isCancelled;

    /**
     * Creates a subscription, which the caller passes to the subscriber.
     *
     * @param advance runs on the event loop when the subscriber has requested results
     * @param release runs on the event loop when the subscriber has cancelled
     */
    ResultSubscription(Subscriber<? super byte[]> subscriber, EventLoop loop, Runnable advance, Runnable release) {
        this.subscriber = subscriber;
        this.loop = loop;
        this.advance = advance;
        this.release = release;
    }

    @Override
    public void request(long n) {
        loop.execute(() -> {
            demand = demand + n < 0 ? Long.MAX_VALUE : demand + n;
            advance.run();
        });
    }

    @Override
    public void cancel() {
        isCancelled = true;
        loop.execute(release);
    }

    /**
     * Passes the window's results to the subscriber if it has requested any.
     *
     * @return false if there are no results, or none were requested
     */
    boolean emit(InFlightWindow window) {
        if (demand == 0 || !window.hasResults()) {
            return false;
        }
        demand--;
        subscriber.onNext(window.takeResults());
        return true;
    }

    void complete() {
        subscriber.onComplete();
    }

    /** Reports an error, unless the subscriber has cancelled. */
    void fail(Throwable e) {
        if (!isCancelled) {
            subscriber.onError(e);
        }
    }
}
