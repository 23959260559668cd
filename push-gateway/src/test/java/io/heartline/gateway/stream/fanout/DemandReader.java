package io.heartline.gateway.stream.fanout;

import io.heartline.gateway.stream.Frame;
import io.heartline.gateway.stream.FrameSink;
import io.heartline.gateway.stream.FrameSource;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;

/** A sink that accepts as many frames as a test permits, on the thread that sends them. It stores all frames except heartbeats. */
public final class DemandReader implements FrameSink {

    private final List<Frame> frames = new ArrayList<>();
    private final AtomicLong permits;
    private volatile FrameSource source;
    /** The reason with which the sink was closed; null while it is open. */
    public volatile Throwable error;

    /** @param permits the number of frames that it accepts before {@link #request} is called */
    DemandReader(long permits) {
        this.permits = new AtomicLong(permits);
    }

    /**
     * Returns a sink that accepts every frame.
     *
     * @return a sink without a connection
     */
    public static DemandReader unbounded() {
        return new DemandReader(Long.MAX_VALUE);
    }

    /** Permits more frames, and wakes the connection. */
    void request(long more) {
        permits.accumulateAndGet(more, (have, added) -> have > Long.MAX_VALUE - added ? Long.MAX_VALUE : have + added);
        source.wake();
    }

    /** Disconnects the client. */
    public void cancel() {
        source.cancel();
    }

    @Override
    public Executor eventLoop() {
        return Runnable::run;
    }

    @Override
    public void opened(FrameSource opened) {
        source = opened;
    }

    @Override
    public int writableFrames() {
        return (int) Math.min(Integer.MAX_VALUE, permits.get());
    }

    @Override
    public synchronized void write(List<Frame> batch) {
        for (Frame frame : batch) {
            if (frame.kind() != Frame.Kind.heartbeat) {
                frames.add(frame);
                permits.decrementAndGet();
            }
        }
    }

    @Override
    public void flush() {}

    @Override
    public void close(Throwable why) {
        error = why;
    }

    @Override
    public long unreadBytes() {
        return 0;
    }

    /** Returns a time after the present of any test's clock. */
    @Override
    public long lastHeard() {
        return Long.MAX_VALUE / 2;
    }

    /**
     * Returns the received frames.
     *
     * @return a copy, without heartbeats
     */
    public synchronized List<Frame> frames() {
        return List.copyOf(frames);
    }

    /**
     * Returns kind and offset of each frame.
     *
     * @return texts such as {@code like 3}
     */
    public List<String> received() {
        return frames().stream()
                .map(frame -> frame.kind() + " " + frame.position().offset())
                .toList();
    }

    /**
     * Returns the JSON of a frame.
     *
     * @param frame the index of the frame, from 0
     * @return the JSON
     */
    public String json(int frame) {
        return frames().get(frame).json().toString(StandardCharsets.UTF_8);
    }

    /**
     * Returns the offset of the last frame.
     *
     * @return the offset; -2 before the first frame
     */
    public synchronized long lastOffset() {
        return frames.isEmpty() ? -2 : frames.get(frames.size() - 1).position().offset();
    }
}
