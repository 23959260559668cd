package io.heartline.gateway;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import reactor.core.publisher.Operators;

/**
 * One reader of one author. It holds no queue: only how many frames its socket asked for, and where in the author's ring
 * it stands.
 */
final class Connection implements Subscription {

    private final Ring ring;
    private final Runnable onEnd;
    private final Subscriber<? super Frame> socket;
    private final AtomicLong demand = new AtomicLong();
    // how often there was reason to look; whoever takes it from 0 emits, so that frames go out one at a time and in
    // order
    private final AtomicInteger reasons = new AtomicInteger(1); // start() is the first to emit
    private Frame hello;
    private long cursor;
    private volatile boolean ended;
    private volatile Throwable cause;

    /** @param cursor the number of the first frame it is to get after {@code hello} */
    Connection(Frame hello, Ring ring, long cursor, Subscriber<? super Frame> socket, Runnable onEnd) {
        this.hello = hello;
        this.ring = ring;
        this.cursor = cursor;
        this.socket = socket;
        this.onEnd = onEnd;
    }

    /** Nothing reaches the socket before it knows its subscription. */
    void start() {
        socket.onSubscribe(this);
        work(1);
    }

    @Override
    public void request(long frames) {
        if (Operators.validate(frames)) {
            demand.accumulateAndGet(frames, Operators::addCap);
            drain();
        }
    }

    @Override
    public void cancel() {
        ended = true;
        onEnd.run();
    }

    /** Ends the stream from our side. */
    void fail(Throwable why) {
        cause = why;
        drain();
    }

    /** Sends what the ring has and the socket asked for. Any thread may call; one of them works. */
    void drain() {
        if (reasons.getAndIncrement() == 0) {
            work(1);
        }
    }

    private void work(int seen) {
        do {
            emit();
            seen = reasons.addAndGet(-seen);
        } while (seen != 0);
    }

    private void emit() {
        long sent = 0;
        long wanted = demand.get();
        while (!ended && cause == null && sent < wanted) {
            if (hello != null) {
                socket.onNext(hello);
                hello = null;
            } else if (cursor < ring.head()) {
                Frame frame = ring.get(cursor);
                if (frame == null) {
                    cause = BrokenStreamException.slowReader();
                    break;
                }
                cursor++;
                socket.onNext(frame);
            } else {
                break;
            }
            sent++;
        }
        demand.addAndGet(-sent);
        if (cause != null && !ended) {
            cancel();
            socket.onError(cause);
        }
    }
}
