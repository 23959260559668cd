package io.heartline.gateway.stream.fanout;

import io.heartline.events.Position;
import io.heartline.gateway.stream.Frame;
import io.heartline.gateway.stream.FrameSink;
import io.heartline.gateway.stream.GatewayMetrics;
import io.heartline.gateway.stream.StreamClosedException;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/**
 * One client that follows one author: a consumer with an offset. It holds no queue, only a {@link ReadCursor} and how many frames
 * its socket accepts. Whenever there is an event or room, it sends from its cursor on, flushes once, and stops.
 */
public final class Connection implements Subscription {

    private static final int BATCH_FRAMES = 64;

    private final Partition partition;
    private final ReadCursor cursor;
    private final Subscriber<? super Frame> sink;
    private final Executor loop;
    private final AtomicLong demand = new AtomicLong();
    // wake-ups that were not handled yet; the thread that raises it from 0 sends, so frames keep their order
    private final AtomicInteger wakes = new AtomicInteger(1); // start() is the first to send
    private volatile boolean heartbeatDue;
    private volatile boolean ended;
    private volatile Throwable cause;
    private volatile long framesSent;
    private volatile boolean awaitingPage;
    // confined to the thread that sends
    private Frame hello;
    private long lastSent;
    private final PendingFlush pendingFlush = new PendingFlush();
    private final Liveness liveness; // confined to the thread that ticks

    Connection(Partition partition, ReadCursor cursor, Frame hello, Liveness liveness, Subscriber<? super Frame> sink) {
        this.partition = partition;
        this.cursor = cursor;
        this.hello = hello;
        this.liveness = liveness;
        this.lastSent = hello.position().offset();
        this.sink = sink;
        this.loop = FrameSink.executorOf(sink);
    }

    /** Starts to send. Nothing reaches the socket before it knows its subscription. */
    void start() {
        try {
            sink.onSubscribe(this);
            loop.execute(this::sendLoop);
        } catch (RuntimeException | Error e) { // the event loop has ended, or no memory
            cancel();
            throw e;
        }
    }

    ReadCursor cursor() {
        return cursor;
    }

    /** Returns the event loop that sends; for a subscriber that is no socket, an executor that runs on the calling thread. */
    Executor loop() {
        return loop;
    }

    boolean isEnded() {
        return ended;
    }

    /** Returns why the connection ended, as metrics name it. */
    String closeReason() {
        return cause == null
                ? GatewayMetrics.LEFT
                : cause instanceof StreamClosedException closed
                        ? closed.reason().name()
                        : GatewayMetrics.ERROR;
    }

    @Override
    public void request(long frames) {
        if (Operators.validate(frames)) {
            demand.accumulateAndGet(frames, Operators::addCap);
            wake();
        }
    }

    @Override
    public void cancel() {
        if (!ended) {
            ended = true;
            partition.unfollow(this);
        }
    }

    /** Ends the stream from our side. Any thread may call. */
    public void fail(Throwable reason) {
        if (cause == null) {
            cause = reason;
        }
        wake();
    }

    /** Has the event loop send what there is and the socket has room for. Any thread may call. */
    void wake() {
        if (wakes.getAndIncrement() == 0) {
            try {
                loop.execute(this::sendLoop);
            } catch (RuntimeException | Error e) { // the event loop has ended, or no memory: the next wake tries again
                wakes.set(0);
                throw e;
            }
        }
    }

    /** The same, for a caller that is on the event loop. */
    void wakeOnLoop() {
        if (wakes.getAndIncrement() == 0) {
            sendLoop();
        }
    }

    /** Called several times a second. */
    void tick(Tick tick) {
        FrameSink frameSink = sink instanceof FrameSink ? (FrameSink) sink : null;
        boolean isBehind = partition.isBehind(this);
        Liveness.Verdict verdict = liveness.examine(
                tick,
                writableFrames() > 0,
                framesSent,
                frameSink == null ? 0 : frameSink.unreadBytes(),
                frameSink == null ? tick.now() : frameSink.lastHeard(),
                frameSink != null || isBehind);
        switch (verdict) {
            case dead -> fail(StreamClosedException.deadPeer());
            case slow -> fail(StreamClosedException.slowReader());
            case expired -> fail(StreamClosedException.tokenExpired());
            case heartbeat -> {
                heartbeatDue = true;
                wake();
            }
            case nothing -> {
                // repairs a wake that failed; a pending digest has a clock of its own
                if (isBehind && !cursor.request.isConflated()) {
                    wake();
                }
            }
        }
    }

    private void sendLoop() {
        try {
            int seen = wakes.get();
            do {
                sendPending();
                seen = wakes.addAndGet(-seen);
            } while (seen != 0);
        } catch (
                Throwable
                        e) { // for example no memory; caught here so that the other connections of this task still run
            if (ended) {
                Operators.onErrorDropped(e, Context.empty());
            } else {
                cause = e;
                cancel();
                sink.onError(e);
            }
        }
    }

    private void sendPending() {
        long sent = 0;
        boolean more = true;
        while (more && !ended && cause == null && sent < writableFrames()) {
            if (hello != null) {
                sink.onNext(hello);
                hello = null;
                sent++;
            } else if (heartbeatDue) {
                heartbeatDue = false;
                sent += sendHeartbeat();
            } else {
                Batch batch =
                        partition.nextBatch(this, (int) Math.min(BATCH_FRAMES, writableFrames() - sent), lastSent);
                send(batch);
                sent += batch.frames().size();
                more = batch.isFull();
                if (batch.isContinuedLater()) {
                    WakePass.runAfterIo(loop, this::wakeOnLoop); // the loop serves its other channels first
                }
                if (batch.needsPage() && sent < writableFrames()) {
                    requestPage();
                }
            }
        }
        boolean failed = cause != null && !ended; // if it fails later than this, a wake follows
        if (failed) {
            sent += sendLast(writableFrames() - sent);
        }
        if (sent > 0) {
            framesSent += sent; // one thread at a time sends
            if (sink instanceof FrameSink frameSink) {
                frameSink.flush();
            }
            pendingFlush.onFlush(partition::recordLatency);
            long all = sent;
            demand.accumulateAndGet(all, (have, less) -> have == Long.MAX_VALUE ? have : have - less);
        }
        if (failed) {
            cancel();
            sink.onError(cause);
        } else if (!ended && writableFrames() == 0) {
            partition.conflateIfFarBehind(this);
        }
    }

    /** Returns how many frames the socket accepts. */
    private long writableFrames() {
        return sink instanceof FrameSink frameSink && !frameSink.isWritable() ? 0 : demand.get();
    }

    private void send(Batch batch) {
        List<Frame> frames = batch.frames();
        if (sink instanceof FrameSink frameSink) {
            if (!frames.isEmpty()) {
                frameSink.onNext(frames);
                frames.forEach(this::trackSent);
            }
            if (batch.isCaughtUp()) {
                frameSink.onCaughtUp();
            }
        } else {
            for (Frame frame : frames) {
                if (ended) { // by the subscriber, when it received the frame before
                    break;
                }
                sink.onNext(frame);
                trackSent(frame);
            }
        }
    }

    private void trackSent(Frame frame) {
        lastSent = frame.position().offset();
        pendingFlush.add(frame, lastSent >= cursor.firstLive);
    }

    /** Sends a ping and the position as one message, so that the client learns both of the connection and of its author. */
    private int sendHeartbeat() {
        Frame position = Frame.position(resumePosition());
        if (sink instanceof FrameSink frameSink) {
            frameSink.onNext(List.of(Frame.HEARTBEAT, position));
        } else {
            sink.onNext(position);
        }
        lastSent = position.position().offset();
        return 1;
    }

    /** Before the stream ends from our side: the pending digest, due or not, and how far the client has got. */
    private long sendLast(long writable) {
        long sent = 0;
        if (writable > 0 && hello == null) {
            if (sendDigest()) {
                sent++;
            }
            Position position = resumePosition();
            if (sent < writable && position.offset() > lastSent) {
                sink.onNext(Frame.position(position));
                sent++;
            }
        }
        return sent;
    }

    /** Sends the pending digest, whether or not it is due. The caller is on the event loop. */
    public boolean sendDigest() {
        Frame digest = partition.takeDigest(this, lastSent);
        if (digest != null) {
            sink.onNext(digest);
            trackSent(digest);
        }
        return digest != null;
    }

    /** Returns the position up to which the client has been sent everything. The caller is on the event loop. */
    public Position resumePosition() {
        return partition.resumePosition(this, lastSent);
    }

    private void requestPage() {
        if (!awaitingPage) {
            awaitingPage = true;
            partition.fetchPage(this).whenComplete((page, e) -> {
                if (e != null) {
                    fail(StreamClosedException.replayFailed(e));
                } else {
                    partition.addPage(page, this);
                    awaitingPage = false;
                    WakePass.runAfterIo(
                            loop, this::wakeOnLoop); // a cached page is here immediately, and so is the next one
                }
            });
        }
    }
}
