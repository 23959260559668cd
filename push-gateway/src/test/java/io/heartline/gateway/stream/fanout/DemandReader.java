package io.heartline.gateway.stream.fanout;

import io.heartline.gateway.stream.Frame;
import io.heartline.gateway.stream.FrameSink;
import io.heartline.gateway.stream.FrameSource;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;

/** A sink that accepts exactly as many frames as a test permits, on the thread that sends them. Keeps all but heartbeats. */
public final class DemandReader implements FrameSink {

    private final List<Frame> frames = new ArrayList<>();
    private final AtomicLong permits;
    private volatile FrameSource source;
    public volatile Throwable error;

    /** @param permits how many frames it accepts before {@link #request} is called */
    DemandReader(long permits) {
        this.permits = new AtomicLong(permits);
    }

    public static DemandReader unbounded() {
        return new DemandReader(Long.MAX_VALUE);
    }

    /** Accepts more frames. */
    void request(long more) {
        permits.accumulateAndGet(more, (have, added) -> have > Long.MAX_VALUE - added ? Long.MAX_VALUE : have + added);
        source.wake();
    }

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

    public synchronized List<Frame> frames() {
        return List.copyOf(frames);
    }

    /** Returns kind and offset of each frame, such as {@code like 3}. */
    public List<String> received() {
        return frames().stream()
                .map(frame -> frame.kind() + " " + frame.position().offset())
                .toList();
    }

    public String json(int frame) {
        return frames().get(frame).json().toString(StandardCharsets.UTF_8);
    }

    /** Returns the offset of the last frame; -2 before the first frame. */
    public synchronized long lastOffset() {
        return frames.isEmpty() ? -2 : frames.get(frames.size() - 1).position().offset();
    }
}
