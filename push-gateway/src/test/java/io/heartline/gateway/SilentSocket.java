package io.heartline.gateway;

import java.util.List;
import java.util.concurrent.Executor;
import org.reactivestreams.Subscription;

/** A socket whose peer gives no sign of life, and which has room as a test says. */
final class SilentSocket implements Socket {

    boolean room = true;
    long unread;
    BrokenStreamException.Reason end;
    private final long lastHeard;

    SilentSocket(long lastHeard) {
        this.lastHeard = lastHeard;
    }

    @Override
    public Executor executor() {
        return Runnable::run;
    }

    @Override
    public boolean hasRoom() {
        return room;
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
        end = ((BrokenStreamException) e).reason();
    }

    @Override
    public void onComplete() {}
}
