package io.heartline.producer.array;

import io.heartline.events.LikeEvent;
import io.heartline.events.Position;
import io.heartline.producer.kafka.BufferFullException;
import io.heartline.producer.kafka.LikeAppender;
import io.heartline.producer.kafka.LikeAppender.AppendStatus;
import io.heartline.producer.like.IngestMetrics;
import io.heartline.producer.like.RefusedException;
import io.heartline.producer.trace.RequestSpan;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * The append of an array. It sends the items in order, and the log has them in this order. If the log is unavailable or Kafka's client
 * has no memory, it waits and goes on with the same item. The ack timeout counts once for the whole array.
 */
public final class ArrayAppend {

    private static final long RETRY_MILLIS = 20;

    private final List<ArrayItem> items;
    private final LikeAppender appender;
    private final IngestMetrics metrics;
    private final RequestSpan span;
    private final List<Header> traceHeaders;
    private final Duration ackTimeout;
    private final ScheduledExecutorService loop;
    private final CompletableFuture<byte[]> answer = new CompletableFuture<>();
    private final AtomicInteger unsettled = new AtomicInteger();

    // used on the loop only
    private int next; // index of the next item to send
    private boolean isBufferFull; // why that item was not sent; otherwise the log is unavailable
    private boolean isEnded;
    private @Nullable Future<?> deadline;

    /**
     * Creates an append, which begins with {@link #start}.
     *
     * @param array an array whose body has ended
     * @param appender appends likes to the log
     * @param metrics counts each item
     * @param span span of the append, which the caller ends
     * @param ackTimeout maximum time until the answer
     * @param loop single thread that sends the items and completes the answer
     */
    public ArrayAppend(
            LikeArray array,
            LikeAppender appender,
            IngestMetrics metrics,
            RequestSpan span,
            Duration ackTimeout,
            ScheduledExecutorService loop) {
        this.items = array.items();
        this.appender = appender;
        this.metrics = metrics;
        this.span = span;
        this.traceHeaders = span.headers();
        this.ackTimeout = ackTimeout;
        this.loop = loop;
    }

    /**
     * Sends the items. Called once, by any thread.
     *
     * @return a future of the answer as JSON in UTF-8, which completes on the loop after the ack timeout at the latest
     */
    public CompletableFuture<byte[]> start() {
        loop.execute(guarded(this::sendFirst));
        return answer;
    }

    /** Sends no further item, because the answer is not needed. Likes that were sent are counted as before. Any thread may call it. */
    public void cancel() {
        loop.execute(this::end);
    }

    /** Returns a task that ends the append if it fails, for example with OutOfMemoryError. Otherwise the client would wait. */
    private Runnable guarded(Runnable task) {
        return () -> {
            try {
                task.run();
            } catch (Throwable e) {
                end();
                answer.completeExceptionally(e);
            }
        };
    }

    private void sendFirst() {
        int likes = 0;
        for (ArrayItem item : items) {
            if (item.event() == null) {
                metrics.refused(item.refusal().type());
            } else {
                likes++;
            }
        }
        unsettled.set(likes);
        if (likes == 0) {
            complete();
            return;
        }
        deadline = loop.schedule(guarded(this::expire), ackTimeout.toNanos(), TimeUnit.NANOSECONDS);
        sendItems();
    }

    private void sendItems() {
        while (!isEnded && next < items.size()) {
            AppendStatus status = trySend(items.get(next));
            if (status != AppendStatus.SENT) {
                continueLater(status);
                return;
            }
            next++;
        }
    }

    private AppendStatus trySend(ArrayItem item) {
        LikeEvent event = item.event();
        return event == null
                ? AppendStatus.SENT
                : appender.tryAppend(event, traceHeaders, (position, failure) -> settle(item, position, failure));
    }

    private void continueLater(AppendStatus status) {
        isBufferFull = status == AppendStatus.BUFFER_FULL;
        if (isBufferFull) {
            loop.schedule(guarded(this::sendItems), RETRY_MILLIS, TimeUnit.MILLISECONDS);
        } else {
            appender.whenAvailable().whenComplete((available, e) -> loop.execute(guarded(this::sendItems)));
        }
    }

    /** Settles an item unless the deadline has settled it. May be called by any thread. */
    private void settle(ArrayItem item, @Nullable Position position, @Nullable Exception failure) {
        RefusedException refusal = position == null ? RefusedException.of(failure) : null;
        if (!item.settle(position, refusal)) {
            return;
        }
        if (refusal == null) {
            metrics.accepted();
        } else {
            metrics.refused(refusal.type());
        }
        if (unsettled.decrementAndGet() == 0) {
            loop.execute(guarded(this::complete));
        }
    }

    /** Refuses the items that are not settled. Items that were not sent will not be in the log. */
    private void expire() {
        RefusedException unacknowledged = RefusedException.unavailable(null);
        RefusedException unsent = isBufferFull
                ? RefusedException.of(new BufferFullException())
                : RefusedException.unavailable(appender.failure());
        int sent = next;
        next = items.size();
        for (int i = 0; i < items.size(); i++) {
            settle(items.get(i), null, i < sent ? unacknowledged : unsent);
        }
    }

    private void complete() {
        if (!isEnded) {
            end();
            answer.complete(answerJson());
        }
    }

    private void end() {
        isEnded = true;
        if (deadline != null) {
            deadline.cancel(false);
        }
    }

    private byte[] answerJson() {
        StringBuilder json = new StringBuilder("{\"results\":[");
        int accepted = 0;
        RefusedException failure = null;
        for (ArrayItem item : items) {
            if (json.charAt(json.length() - 1) == '}') {
                json.append(',');
            }
            item.writeResult(json);
            if (item.refusal() == null) {
                accepted++;
            } else if (item.event() != null && failure == null) {
                failure = item.refusal();
            }
        }
        if (failure != null) {
            span.recordError(failure);
        }
        json.append("],\"accepted\":").append(accepted);
        json.append(",\"refused\":").append(items.size() - accepted).append('}');
        return json.toString().getBytes(StandardCharsets.UTF_8);
    }
}
