package io.heartline.gateway.stream.fanout;

import io.heartline.gateway.stream.Frame;
import io.heartline.gateway.stream.FrameSink;
import io.heartline.gateway.stream.FrameSource;
import io.heartline.gateway.stream.StreamClosedException;
import java.util.List;
import java.util.concurrent.Executor;

/** A sink whose client gives no sign of life. A test decides whether it is writable. */
final class SilentSink implements FrameSink {

    long unread;
    StreamClosedException.Reason closeReason;
    private final long lastHeard;
    private boolean writable = true;
    private FrameSource source;

    SilentSink(long lastHeard) {
        this.lastHeard = lastHeard;
    }

    @Override
    public Executor eventLoop() {
        return Runnable::run;
    }

    @Override
    public void opened(FrameSource opened) {
        source = opened;
    }

    void setWritable(boolean isWritable) {
        writable = isWritable;
        source.wake();
    }

    @Override
    public int writableFrames() {
        return writable ? Integer.MAX_VALUE : 0;
    }

    @Override
    public void write(List<Frame> frames) {}

    @Override
    public void flush() {}

    @Override
    public void close(Throwable why) {
        closeReason = ((StreamClosedException) why).reason();
    }

    @Override
    public long unreadBytes() {
        return unread;
    }

    @Override
    public long lastHeard() {
        return lastHeard;
    }
}
