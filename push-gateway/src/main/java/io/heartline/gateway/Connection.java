package io.heartline.gateway;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/**
 * One reader of one author: a consumer with an offset. It holds no queue, only where in the log it stands and how many frames
 * its socket can take; replay, live, slow and digests are one loop at different distances from the log's head.
 */
final class Connection implements Subscription {

    private static final int AT_ONCE = 64;
    // so that a thread can begin while others' are still to be found, and its other connections are not kept waiting
    private static final int MOST_A_TASK = 64;

    final Following following;
    /** Records below are what the reader came back for; from here on they are live. */
    final long liveFrom;
    // guarded by the partition: how far the reader is, and what it could not be told one by one
    long cursor;
    /** Its author's part of the ring; null once it has ended. */
    AuthorLog log;

    Digest digest;
    long digestDue;
    final Queue<Entry> page = new ArrayDeque<>(0);
    long pageEnd;
    boolean joined;
    boolean caughtUp;
    /** Live events it has not been told of in any way. */
    long owed;

    private final Partition partition;
    private final Subscriber<? super Frame> socket;
    private final Executor thread;
    private final AtomicLong demand = new AtomicLong();
    // how often there was reason to look; whoever takes it from 0 emits, so that frames go out one by one, in order
    private final AtomicInteger reasons = new AtomicInteger(1); // start() is the first to emit
    private volatile boolean heartbeatDue;
    private volatile boolean ended;
    private volatile Throwable cause;
    private volatile long emitted;
    private volatile boolean awaitingPage;
    // confined to whoever emits
    private Frame hello;
    private long told;
    private final Unflushed unflushed = new Unflushed();
    // confined to the ticking thread
    private long lastHeartbeat;
    private long stalledSince;
    private long emittedThen = -1;
    private long ends;

    Connection(Partition partition, Following following, Frame hello, long liveFrom, Subscriber<? super Frame> socket) {
        this.partition = partition;
        this.following = following;
        this.hello = hello;
        this.cursor = hello.position().offset();
        this.told = cursor;
        this.pageEnd = cursor;
        this.liveFrom = liveFrom;
        this.socket = socket;
        this.thread = Socket.executorOf(socket);
    }

    /** Nothing reaches the socket before it knows its subscription. */
    void start(long now) {
        lastHeartbeat = now;
        Duration lasts = following.caller().lasts();
        ends = lasts == null ? now : now + lasts.toNanos();
        socket.onSubscribe(this);
        thread.execute(this::work);
    }

    /** Whether everything it came back for is behind it. */
    boolean isLive() {
        return cursor + 1 >= liveFrom;
    }

    boolean isEnded() {
        return ended;
    }

    /** Why it ended, as metrics name it. */
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
            drain();
        }
    }

    @Override
    public void cancel() {
        if (!ended) {
            ended = true;
            partition.unfollow(this);
        }
    }

    /** Ends the stream from our side. */
    void fail(Throwable why) {
        if (cause == null) {
            cause = why;
        }
        drain();
    }

    /** Sends what there is and the socket asked for. Any thread may call; the socket's works, or if it has none, one of them. */
    void drain() {
        if (reasons.getAndIncrement() == 0) {
            thread.execute(this::work);
        }
    }

    /** The same for many, of whom those that share a thread share its tasks, too. */
    static void drain(Connection[] connections) {
        Map<Executor, List<Connection>> shares = new HashMap<>();
        for (Connection connection : connections) {
            if (connection.reasons.getAndIncrement() == 0) {
                List<Connection> share = shares.computeIfAbsent(connection.thread, thread -> new ArrayList<>());
                share.add(connection);
                if (share.size() == MOST_A_TASK) {
                    shares.remove(connection.thread);
                    workOn(share);
                }
            }
        }
        shares.values().forEach(Connection::workOn);
    }

    private static void workOn(List<Connection> share) {
        share.get(0).thread.execute(() -> share.forEach(Connection::work));
    }

    /**
     * Called several times a second: signs of life, digests that are due, readers that do not read, peers that are gone.
     *
     * @return how many events it is behind
     */
    long tick(long now, long heartbeatNanos, long stallNanos) {
        // two heartbeats it did not answer, and half an interval to do so; where there is no room, it was not asked
        if (socket instanceof Socket heard && heard.hasRoom() && now - heard.lastHeard() > heartbeatNanos * 5 / 2) {
            fail(BrokenStreamException.deadPeer());
            return 0;
        }
        if (following.caller().lasts() != null && now - ends >= 0) {
            fail(BrokenStreamException.tokenExpired());
            return 0;
        }
        if (now - lastHeartbeat >= heartbeatNanos) {
            lastHeartbeat = now;
            heartbeatDue = true;
        }
        if (room() > 0 || emitted != emittedThen) {
            emittedThen = emitted;
            stalledSince = now;
        } else if (now - stalledSince >= stallNanos && partition.isBehind(this)) {
            fail(BrokenStreamException.slowReader());
            return 0;
        }
        // a digest's time has come by itself; one that has been told all has nothing to do, and there are many of those
        if (heartbeatDue || partition.isBehind(this)) {
            drain();
        }
        return partition.distance(this);
    }

    private void work() {
        try {
            int seen = reasons.get();
            do {
                emit();
                seen = reasons.addAndGet(-seen);
            } while (seen != 0);
        } catch (Throwable e) { // no buffer to be had, for one; those behind this one in the task have what is theirs
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
                socket.onNext(Frame.HEARTBEAT);
                sent++;
                if (sent < room()) {
                    sent += sayPosition();
                }
            } else {
                Batch batch = partition.take(this, (int) Math.min(AT_ONCE, room() - sent));
                send(batch.frames());
                sent += batch.frames().size();
                more = batch.isFull();
                if (batch.needsPage() && sent < room()) {
                    askForPage();
                }
            }
        }
        if (sent > 0) {
            emitted += sent; // one writer at a time
            if (socket instanceof Socket batched) {
                batched.flush();
            }
            unflushed.flushed(partition::flushed);
            demand.accumulateAndGet(sent, (have, less) -> have == Long.MAX_VALUE ? have : have - less);
        }
        if (cause != null && !ended) {
            if (room() > 0 && hello == null) {
                sayPosition();
            }
            cancel();
            socket.onError(cause);
        } else if (!ended && room() == 0) {
            partition.foldIfFarBehind(this);
        }
    }

    /** Frames it may be told. */
    private long room() {
        return socket instanceof Socket own && !own.hasRoom() ? 0 : demand.get();
    }

    private void send(List<Frame> frames) {
        if (frames.isEmpty()) {
            return;
        }
        if (socket instanceof Socket own) {
            own.onNext(frames);
            frames.forEach(this::sent);
        } else {
            for (Frame frame : frames) {
                if (ended) { // by what it was told
                    break;
                }
                socket.onNext(frame);
                sent(frame);
            }
        }
    }

    private void sent(Frame frame) {
        told = frame.position().offset();
        unflushed.add(frame, told >= liveFrom);
    }

    private int sayPosition() {
        Frame position = partition.positionAfter(this, told);
        if (position == null) {
            return 0;
        }
        told = position.position().offset();
        socket.onNext(position);
        return 1;
    }

    private void askForPage() {
        if (!awaitingPage) {
            awaitingPage = true;
            partition.fetchPage(this).whenComplete((page, e) -> {
                if (e != null) {
                    fail(BrokenStreamException.replayBroke(e));
                } else {
                    partition.hand(page, this);
                    awaitingPage = false;
                    drain();
                }
            });
        }
    }
}
