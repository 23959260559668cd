package io.heartline.gateway.stream.fanout;

import io.heartline.gateway.stream.Frame;
import io.heartline.gateway.stream.FrameSink;
import io.heartline.gateway.stream.StreamClosedException;
import java.util.List;
import java.util.concurrent.Executor;
import org.reactivestreams.Subscription;

/** A socket whose peer gives no sign of life, and which has room as a test says. */
final class SilentSink implements FrameSink {

    boolean writable = true;
    long unread;
    StreamClosedException.Reason closeReason;
    private final long lastHeard;

    SilentSink(long lastHeard) {
        this.lastHeard = lastHeard;
    }

    @Override
    public Executor executor() {
        return Runnable::run;
    }

    @Override
    public boolean isWritable() {
        return writable;
    }

    @Override
    public long unreadBytes() {
        return unread;
    }

    @Override
    public void flush() {}

    @Override
    public long lastHeard() {
        return lastHeard;
    }

    @Override
    public void onSubscribe(Subscription subscription) {
        subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(Frame frame) {}

    @Override
    public void onNext(List<Frame> frames) {}

    @Override
    public void onError(Throwable e) {
        closeReason = ((StreamClosedException) e).reason();
    }

    @Override
    public void onComplete() {}
}
