package io.heartline.gateway.stream.fanout;

import io.heartline.gateway.stream.FollowRequest;
import io.heartline.gateway.stream.Frame;
import io.heartline.gateway.stream.FrameSink;
import io.heartline.gateway.stream.FrameSource;
import io.heartline.gateway.stream.Frames;
import io.heartline.gateway.stream.PositionList;
import io.heartline.gateway.stream.StreamClosedException;
import io.heartline.gateway.stream.TaskErrors;
import io.heartline.gateway.stream.connection.IndexedSet;
import io.heartline.gateway.stream.connection.Liveness;
import io.heartline.gateway.stream.connection.Outbox;
import io.heartline.gateway.stream.connection.PendingFlush;
import io.heartline.gateway.stream.connection.Tick;
import io.heartline.gateway.stream.metrics.GatewayMetrics;
import io.heartline.gateway.stream.wake.WakePass;
import io.heartline.gateway.stream.wake.Wakeable;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's stream of frames. It has a {@link ReadCursor} in each partition of its authors instead of a queue. If there is an event,
 * or the sink is writable again, it sends frames from its cursors on, flushes once, and stops.
 */
final class Connection extends IndexedSet.Member implements FrameSource, Wakeable {

    private static final Logger logger = LoggerFactory.getLogger(Connection.class);
    private static final int BATCH_FRAMES = 64;

    private final FollowRequest request;
    private final FrameSink sink;
    private final Connections connections;
    private final Liveness liveness;
    private final Outbox outbox = new Outbox();
    private final SubscribedAuthors subscribed;
    private final int slot;
    volatile boolean isWatched; // changed by Connections, with its lock
    // wake-ups that were not handled yet; the thread that increments it from 0 sends, so frames keep their order
    private final AtomicInteger wakes = new AtomicInteger(1); // start() is the first to send
    private volatile boolean heartbeatDue;
    private final AtomicReference<State> state = new AtomicReference<>(State.OPEN);
    private final AtomicReference<Throwable> cause = new AtomicReference<>(); // null if the client left
    private volatile long framesSent;
    // confined to the thread that sends
    private final PendingFlush pendingFlush = new PendingFlush();
    private int turn;

    /** The state, which changes only to a later constant. CLOSING: the last frames are to be sent. CLOSED: no frame is sent any more. */
    private enum State {
        OPEN,
        CLOSING,
        CLOSED
    }

    Connection(FollowRequest request, FrameSink sink, Connections connections) {
        this.request = request;
        this.sink = sink;
        this.connections = connections;
        this.turn = connections.nextNumber();
        this.slot = connections.newSlot(turn);
        this.liveness = new Liveness(connections.nanoTime(), request.caller().expiresIn());
        this.subscribed = new SubscribedAuthors(this, outbox, connections.heartbeatMillis());
        connections.add(this);
        connections.watch(this); // the token may expire before the first heartbeat
    }

    /** Opens the sink, then starts to send. The authors were added before. */
    void start() {
        try {
            sink.opened(this);
            eventLoop().execute(this::sendLoop);
        } catch (RuntimeException | Error e) { // the event loop has ended, or no memory
            cancel();
            throw e;
        }
    }

    FollowRequest request() {
        return request;
    }

    SubscribedAuthors subscribed() {
        return subscribed;
    }

    void extend(@Nullable Duration expiresIn) {
        liveness.extend(connections.nanoTime(), expiresIn);
        connections.watch(this); // the new token may expire before the next heartbeat
    }

    @Override
    public Executor eventLoop() {
        return sink.eventLoop();
    }

    /** Returns the part of the heartbeat interval in which the heartbeats of this connection are due. */
    int slot() {
        return slot;
    }

    boolean isClosed() {
        return state.get() == State.CLOSED;
    }

    @Override
    public void cancel() {
        if (state.getAndSet(State.CLOSED) != State.CLOSED) {
            subscribed.unsubscribe();
            outbox.close();
            connections.remove(this, GatewayMetrics.closeReason(cause.get()));
        }
    }

    @Override
    public void end(StreamClosedException why) {
        if (cause.compareAndSet(null, why)) {
            state.compareAndSet(State.OPEN, State.CLOSING);
        }
        wake();
    }

    @Override
    public void wake() {
        subscribed.markWoken();
        if (wakes.getAndIncrement() == 0) {
            try {
                eventLoop().execute(this::sendLoop);
            } catch (RuntimeException | Error e) { // the event loop has ended, or no memory: the next wake tries again
                wakes.set(0);
                throw e;
            }
        }
    }

    @Override
    public void wakeOnLoop() {
        if (wakes.getAndIncrement() == 0) {
            sendLoop();
        }
    }

    /** Examines the clocks of the connection. Called by the thread that ticks. */
    Liveness.Verdict examine(Tick tick) {
        return liveness.examine(tick, sink, framesSent);
    }

    /** Marks the heartbeat as due. The caller wakes the connection. */
    void requestHeartbeat() {
        heartbeatDue = true;
        subscribed.markWoken();
    }

    private void sendLoop() {
        try {
            int seen = wakes.get();
            do {
                sendPending();
                seen = wakes.addAndGet(-seen);
            } while (seen != 0);
        } catch (Throwable e) { // for example OutOfMemoryError from Netty; the other connections of this task still run
            if (isClosed()) {
                TaskErrors.log(logger, "a connection that has ended failed", e);
            } else {
                cause.set(e);
                cancel();
                sink.close(e);
            }
        }
    }

    private boolean canSend() {
        return state.get() == State.OPEN && sink.writableFrames() > 0;
    }

    private void sendPending() {
        long before = framesSent;
        boolean more = true;
        while (more && canSend()) {
            if (!outbox.isEmpty()) {
                outbox.send(this::write);
            } else if (heartbeatDue) {
                sendHeartbeat();
            } else {
                more = sendBatches();
            }
        }
        boolean closing = state.get() == State.CLOSING; // if it changes later than this, a wake follows
        if (closing && sink.writableFrames() > 0 && outbox.isEmpty()) {
            sendLast();
        }
        if (framesSent > before) {
            sink.flush();
            pendingFlush.onFlush(connections.metrics()::recordLatency);
        }
        if (closing) {
            cancel();
            sink.close(cause.get());
        } else if (!isClosed() && sink.writableFrames() == 0) {
            subscribed.conflateIfFarBehind();
            connections.watch(this);
        }
    }

    private void write(List<Frame> frames) {
        sink.write(frames);
        framesSent += frames.size(); // one thread at a time sends
    }

    /**
     * Sends the next frames of each partition. Returns whether there are more. Stops for frames in the outbox, which are earlier. Begins
     * with another partition each time, so that a short poll does not always end with the same one.
     */
    private boolean sendBatches() {
        boolean more = false;
        Subscription[] all = subscribed.all();
        int first = turn++;
        for (int i = 0; i < all.length; i++) {
            Subscription subscription = all[Math.floorMod(first + i, all.length)];
            if (canSend() && outbox.isEmpty() && subscription.removeMark()) {
                more |= sendBatch(subscription);
            }
        }
        return more;
    }

    private boolean sendBatch(Subscription subscription) {
        if (subscribed.joinAround(subscription)) { // before a digest is taken, because both digests must end together
            return true;
        }
        Batch batch = subscription.partition().nextBatch(subscription, Math.min(BATCH_FRAMES, sink.writableFrames()));
        send(batch, subscription);
        if (batch.isContinuedLater()) {
            // the event loop serves its other channels first
            WakePass.runAfterIo(eventLoop(), subscription::wakeOnLoop);
        }
        if (batch.needsPage() && sink.writableFrames() > 0) {
            subscription.requestPage();
        }
        if (batch.isFull()) {
            subscription.markWoken();
            return true;
        }
        return subscribed.joinAround(subscription);
    }

    private void send(Batch batch, Subscription subscription) {
        List<Frame> frames = batch.frames();
        frames.forEach(frame -> subscription.markSent(frame, pendingFlush));
        if (batch.isMoved() && subscription.isShared()) {
            frames.add(Frames.position(subscribed.resumePositions()));
        }
        if (!frames.isEmpty()) {
            write(frames);
        }
        if (batch.isCaughtUp() && subscribed.markCaughtUp(subscription)) {
            sink.caughtUp();
        }
    }

    /** Sends a ping and the positions as one message. */
    private void sendHeartbeat() {
        heartbeatDue = false;
        PositionList positions = subscribed.resumePositions();
        write(positions == null ? List.of(Frame.HEARTBEAT) : List.of(Frame.HEARTBEAT, Frames.position(positions)));
    }

    /** Sends the last frames before the server ends the stream: pending digests, due or not, and the positions that were reached. */
    private void sendLast() {
        sendDigest();
        if (sink.writableFrames() > 0 && subscribed.hasMoved()) {
            write(List.of(Frames.position(subscribed.resumePositions())));
        }
    }

    @Override
    public boolean sendDigest() {
        boolean sent = false;
        for (Subscription subscription : subscribed.all()) {
            Batch digest = subscription.partition().takeDigest(subscription);
            if (!digest.isEmpty()) {
                send(digest, subscription);
                sent = true;
            }
        }
        return sent;
    }

    @Override
    public @Nullable PositionList resumePositions() {
        return subscribed.resumePositions();
    }
}
