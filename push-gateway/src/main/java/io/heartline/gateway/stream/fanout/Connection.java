package io.heartline.gateway.stream.fanout;

import io.heartline.events.Position;
import io.heartline.gateway.stream.Frame;
import io.heartline.gateway.stream.FrameSink;
import io.heartline.gateway.stream.FrameSource;
import io.heartline.gateway.stream.GatewayMetrics;
import io.heartline.gateway.stream.StreamClosedException;
import io.heartline.gateway.stream.TaskErrors;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's stream of one author's frames. It has a {@link ReadCursor} instead of a queue. If there is an event, or the sink is
 * writable again, it sends frames from its cursor on, flushes once, and stops.
 */
final class Connection implements FrameSource {

    private static final Logger logger = LoggerFactory.getLogger(Connection.class);
    private static final int BATCH_FRAMES = 64;

    private final Partition partition;
    private final ReadCursor cursor;
    private final FrameSink sink;
    private final Executor eventLoop;
    // wake-ups that were not handled yet; the thread that increments it from 0 sends, so frames keep their order
    private final AtomicInteger wakes = new AtomicInteger(1); // start() is the first to send
    private volatile boolean heartbeatDue;
    private final AtomicReference<State> state = new AtomicReference<>(State.OPEN);
    private final AtomicReference<Throwable> cause = new AtomicReference<>(); // null if the client left
    private volatile long framesSent;
    private volatile boolean awaitingPage;
    // confined to the thread that sends
    private @Nullable Frame hello; // null once it was sent
    private long lastSent; // the offset of the last position that was sent
    private final PendingFlush pendingFlush = new PendingFlush();
    private final Liveness liveness; // confined to the thread that ticks

    /** The state of the connection, which changes only from a constant to a later constant. */
    private enum State {
        /** Frames are sent. */
        OPEN,
        /** The server ends the stream. The last frames and the close are still to be sent. */
        CLOSING,
        /** No frame is sent any more, and the partition has removed the connection. */
        CLOSED
    }

    /** @param hello the first frame; events after its position follow */
    Connection(Partition partition, ReadCursor cursor, Frame hello, Liveness liveness, FrameSink sink) {
        this.partition = partition;
        this.cursor = cursor;
        this.hello = hello;
        this.liveness = liveness;
        this.lastSent = hello.position().offset();
        this.sink = sink;
        this.eventLoop = sink.eventLoop();
    }

    /** Opens the sink, then starts to send. */
    void start() {
        try {
            sink.opened(this);
            eventLoop.execute(this::sendLoop);
        } catch (RuntimeException | Error e) { // the event loop has ended, or no memory
            cancel();
            throw e;
        }
    }

    ReadCursor cursor() {
        return cursor;
    }

    /** Returns the event loop that sends. */
    Executor eventLoop() {
        return eventLoop;
    }

    boolean isClosed() {
        return state.get() == State.CLOSED;
    }

    /** Returns why the connection ended, as metrics name it. */
    String closeReason() {
        Throwable why = cause.get();
        return why == null
                ? GatewayMetrics.LEFT
                : why instanceof StreamClosedException closed ? closed.reason().name() : GatewayMetrics.ERROR;
    }

    @Override
    public void cancel() {
        if (state.getAndSet(State.CLOSED) != State.CLOSED) {
            partition.unfollow(this);
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
        if (wakes.getAndIncrement() == 0) {
            try {
                eventLoop.execute(this::sendLoop);
            } catch (RuntimeException | Error e) { // the event loop has ended, or no memory: the next wake tries again
                wakes.set(0);
                throw e;
            }
        }
    }

    /** Sends the available frames. The caller is on the event loop. */
    void wakeOnLoop() {
        if (wakes.getAndIncrement() == 0) {
            sendLoop();
        }
    }

    /** Examines the clocks of the connection. Called about once a second, by the thread that ticks. */
    void tick(Tick tick) {
        boolean isBehind = partition.isBehind(this);
        Liveness.Verdict verdict =
                liveness.examine(tick, sink.writableFrames() > 0, framesSent, sink.unreadBytes(), sink.lastHeard());
        switch (verdict) {
            case dead -> end(StreamClosedException.deadPeer());
            case slow -> end(StreamClosedException.slowReader());
            case expired -> end(StreamClosedException.tokenExpired());
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

    private void sendPending() {
        long sent = 0;
        boolean more = true;
        while (more && state.get() == State.OPEN && sink.writableFrames() > 0) {
            if (hello != null) {
                sink.write(List.of(hello));
                hello = null;
                sent++;
            } else if (heartbeatDue) {
                heartbeatDue = false;
                sendHeartbeat();
                sent++;
            } else {
                Batch batch = partition.nextBatch(this, Math.min(BATCH_FRAMES, sink.writableFrames()), lastSent);
                send(batch);
                sent += batch.frames().size();
                more = batch.isFull();
                if (batch.isContinuedLater()) {
                    WakePass.runAfterIo(eventLoop, this::wakeOnLoop); // the event loop serves its other channels first
                }
                if (batch.needsPage() && sink.writableFrames() > 0) {
                    requestPage();
                }
            }
        }
        boolean closing = state.get() == State.CLOSING; // if it changes later than this, a wake follows
        if (closing) {
            sent += sendLast();
        }
        if (sent > 0) {
            framesSent += sent; // one thread at a time sends
            sink.flush();
            pendingFlush.onFlush(partition.metrics()::recordLatency);
        }
        if (closing) {
            cancel();
            sink.close(cause.get());
        } else if (!isClosed() && sink.writableFrames() == 0) {
            partition.conflateIfFarBehind(this);
        }
    }

    private void send(Batch batch) {
        List<Frame> frames = batch.frames();
        if (!frames.isEmpty()) {
            sink.write(frames);
            frames.forEach(this::trackSent);
        }
        if (batch.isCaughtUp()) {
            sink.caughtUp();
        }
    }

    private void trackSent(Frame frame) {
        lastSent = frame.position().offset();
        pendingFlush.add(frame, lastSent >= cursor.firstLive);
    }

    /** Sends a ping and the position as one message, which confirms the connection and moves the client's position. */
    private void sendHeartbeat() {
        Frame position = Frame.position(resumePosition());
        sink.write(List.of(Frame.HEARTBEAT, position));
        lastSent = position.position().offset();
    }

    /**
     * Sends the last frames before the server ends the stream. These are the pending digest, whether or not it is due, and the
     * position that the client has reached.
     *
     * @return how many frames were sent
     */
    private int sendLast() {
        int writable = sink.writableFrames();
        int sent = 0;
        if (writable > 0 && hello == null) {
            if (sendDigest()) {
                sent++;
            }
            Position position = resumePosition();
            if (sent < writable && position.offset() > lastSent) {
                sink.write(List.of(Frame.position(position)));
                sent++;
            }
        }
        return sent;
    }

    @Override
    public boolean sendDigest() {
        Frame digest = partition.takeDigest(this, lastSent);
        if (digest != null) {
            sink.write(List.of(digest));
            trackSent(digest);
        }
        return digest != null;
    }

    @Override
    public Position resumePosition() {
        return partition.resumePosition(this, lastSent);
    }

    private void requestPage() {
        if (!awaitingPage) {
            awaitingPage = true;
            partition.fetchPage(this).whenComplete((page, e) -> {
                if (e != null) {
                    end(StreamClosedException.replayFailed(e));
                } else {
                    partition.addPage(page, this);
                    awaitingPage = false;
                    // cached pages arrive immediately, one after the other
                    WakePass.runAfterIo(eventLoop, this::wakeOnLoop);
                }
            });
        }
    }
}
