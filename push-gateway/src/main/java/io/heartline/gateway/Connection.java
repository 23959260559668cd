package io.heartline.gateway;

import io.heartline.events.Position;
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
final class Connection implements Subscription {

    private static final int BATCH_FRAMES = 64;

    private final Partition partition;
    private final ReadCursor cursor;
    private final Subscriber<? super Frame> socket;
    private final Executor loop;
    private final AtomicLong demand = new AtomicLong();
    // wake-ups that were not handled yet; the thread that raises it from 0 sends, so frames keep their order
    private final AtomicInteger wakes = new AtomicInteger(1); // start() is the first to send
    private volatile boolean heartbeatDue;
    private volatile boolean ended;
    private volatile Throwable cause;
    private volatile long emitted;
    private volatile boolean awaitingPage;
    // confined to the thread that sends
    private Frame hello;
    private long lastSent;
    private final Unflushed unflushed = new Unflushed();
    private final Liveness liveness; // confined to the thread that ticks

    Connection(
            Partition partition, ReadCursor cursor, Frame hello, Liveness liveness, Subscriber<? super Frame> socket) {
        this.partition = partition;
        this.cursor = cursor;
        this.hello = hello;
        this.liveness = liveness;
        this.lastSent = hello.position().offset();
        this.socket = socket;
        this.loop = Socket.executorOf(socket);
    }

    /** Starts to send. Nothing reaches the socket before it knows its subscription. */
    void start() {
        try {
            socket.onSubscribe(this);
            loop.execute(this::work);
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
    String reason() {
        return cause == null
                ? GatewayMetrics.LEFT
                : cause instanceof BrokenStreamException broken
                        ? broken.reason().name()
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
    void fail(Throwable why) {
        if (cause == null) {
            cause = why;
        }
        wake();
    }

    /** Has the event loop send what there is and the socket has room for. Any thread may call. */
    void wake() {
        if (wakes.getAndIncrement() == 0) {
            try {
                loop.execute(this::work);
            } catch (RuntimeException | Error e) { // the event loop has ended, or no memory: the next wake tries again
                wakes.set(0);
                throw e;
            }
        }
    }

    /** The same, for a caller that is on the event loop. */
    void wakeOnLoop() {
        if (wakes.getAndIncrement() == 0) {
            work();
        }
    }

    /** Called several times a second. */
    void tick(Tick tick) {
        Socket own = socket instanceof Socket ? (Socket) socket : null;
        boolean isBehind = partition.isBehind(this);
        Liveness.Verdict verdict = liveness.examine(
                tick,
                room() > 0,
                emitted,
                own == null ? 0 : own.unreadBytes(),
                own == null ? tick.now() : own.lastHeard(),
                own != null || isBehind);
        switch (verdict) {
            case dead -> fail(BrokenStreamException.deadPeer());
            case slow -> fail(BrokenStreamException.slowReader());
            case expired -> fail(BrokenStreamException.tokenExpired());
            case heartbeat -> {
                heartbeatDue = true;
                wake();
            }
            case nothing -> {
                // repairs a wake that failed; a pending digest has a clock of its own
                if (isBehind && !cursor.following.isConflated()) {
                    wake();
                }
            }
        }
    }

    private void work() {
        try {
            int seen = wakes.get();
            do {
                emit();
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
                socket.onError(e);
            }
        }
    }

    private void emit() {
        long sent = 0;
        boolean more = true;
        while (more && !ended && cause == null && sent < room()) {
            if (hello != null) {
                socket.onNext(hello);
                hello = null;
                sent++;
            } else if (heartbeatDue) {
                heartbeatDue = false;
                sent += sendHeartbeat();
            } else {
                Batch batch = partition.take(this, (int) Math.min(BATCH_FRAMES, room() - sent), lastSent);
                send(batch);
                sent += batch.frames().size();
                more = batch.isFull();
                if (batch.doesContinue()) {
                    WakePass.later(loop, this::wakeOnLoop); // the loop serves its other channels first
                }
                if (batch.needsPage() && sent < room()) {
                    requestPage();
                }
            }
        }
        boolean failed = cause != null && !ended; // if it fails later than this, a wake follows
        if (failed) {
            sent += sendLast(room() - sent);
        }
        if (sent > 0) {
            emitted += sent; // one thread at a time sends
            if (socket instanceof Socket batched) {
                batched.flush();
            }
            unflushed.flushed(partition::flushed);
            long all = sent;
            demand.accumulateAndGet(all, (have, less) -> have == Long.MAX_VALUE ? have : have - less);
        }
        if (failed) {
            cancel();
            socket.onError(cause);
        } else if (!ended && room() == 0) {
            partition.conflateIfFarBehind(this);
        }
    }

    /** Returns how many frames the socket accepts. */
    private long room() {
        return socket instanceof Socket own && !own.hasRoom() ? 0 : demand.get();
    }

    private void send(Batch batch) {
        List<Frame> frames = batch.frames();
        if (socket instanceof Socket own) {
            if (!frames.isEmpty()) {
                own.onNext(frames);
                frames.forEach(this::sent);
            }
            if (batch.isCaughtUp()) {
                own.onCaughtUp();
            }
        } else {
            for (Frame frame : frames) {
                if (ended) { // by the subscriber, when it received the frame before
                    break;
                }
                socket.onNext(frame);
                sent(frame);
            }
        }
    }

    private void sent(Frame frame) {
        lastSent = frame.position().offset();
        unflushed.add(frame, lastSent >= cursor.firstLive);
    }

    /** Sends a ping and the position as one message, so that the client learns both of the connection and of its author. */
    private int sendHeartbeat() {
        Frame position = Frame.position(restingPosition());
        if (socket instanceof Socket own) {
            own.onNext(List.of(Frame.HEARTBEAT, position));
        } else {
            socket.onNext(position);
        }
        lastSent = position.position().offset();
        return 1;
    }

    /** Before the stream ends from our side: the pending digest, due or not, and how far the client has got. */
    private long sendLast(long room) {
        long sent = 0;
        if (room > 0 && hello == null) {
            if (sendDigest()) {
                sent++;
            }
            Position position = restingPosition();
            if (sent < room && position.offset() > lastSent) {
                socket.onNext(Frame.position(position));
                sent++;
            }
        }
        return sent;
    }

    /** Sends the pending digest, whether or not it is due. The caller is on the event loop. */
    boolean sendDigest() {
        Frame digest = partition.takeDigest(this, lastSent);
        if (digest != null) {
            socket.onNext(digest);
            sent(digest);
        }
        return digest != null;
    }

    /** Returns the position up to which the client has been sent everything. The caller is on the event loop. */
    Position restingPosition() {
        return partition.restingPosition(this, lastSent);
    }

    private void requestPage() {
        if (!awaitingPage) {
            awaitingPage = true;
            partition.fetchPage(this).whenComplete((page, e) -> {
                if (e != null) {
                    fail(BrokenStreamException.replayBroke(e));
                } else {
                    partition.hand(page, this);
                    awaitingPage = false;
                    WakePass.later(loop, this::wakeOnLoop); // a cached page is here immediately, and so is the next one
                }
            });
        }
    }
}
