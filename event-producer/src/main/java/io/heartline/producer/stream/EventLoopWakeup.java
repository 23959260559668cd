package io.heartline.producer.stream;

import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** Lets a stream advance on its event loop. However many acknowledgements arrive before it runs, one task is queued. */
final class EventLoopWakeup implements LineSender.Wakeup {

    private final EventLoop loop;
    private final Runnable advance;
    private final AtomicBoolean isScheduled = new AtomicBoolean();

    EventLoopWakeup(EventLoop loop, Runnable advance) {
        this.loop = loop;
        this.advance = advance;
    }

    @Override
    public void wakeUp() {
        if (isScheduled.compareAndSet(false, true)) {
            loop.execute(() -> {
                isScheduled.set(false);
                advance.run();
            });
        }
    }

    @Override
    public void wakeUpAfter(Duration delay) {
        loop.schedule(advance, delay.toMillis(), TimeUnit.MILLISECONDS);
    }
}
