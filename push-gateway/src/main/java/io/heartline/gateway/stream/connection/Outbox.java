package io.heartline.gateway.stream.connection;

import io.heartline.gateway.stream.Frame;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The first frames of authors, and answers to messages. A connection writes them before further events. Confined to the thread that
 * sends, except {@link #close}.
 */
public final class Outbox {

    private List<Frame> frames = List.of();
    private volatile @Nullable CompletableFuture<Void>
            written; // completed by the next write; null while no caller waits for it
    private volatile boolean closed;

    /** Creates an empty outbox. */
    public Outbox() {}

    /**
     * Adds frames.
     *
     * @param added the frames, in the order in which they are written
     * @return completes when the frames were written, or the outbox is closed
     */
    public CompletionStage<Void> add(List<Frame> added) {
        if (frames.isEmpty()) {
            frames = new ArrayList<>(added);
        } else {
            frames.addAll(added);
        }
        CompletableFuture<Void> next = written == null ? new CompletableFuture<>() : written;
        written = next;
        if (closed) {
            next.complete(null);
        }
        return next;
    }

    /** {@return whether there is no frame to write} */
    public boolean isEmpty() {
        return frames.isEmpty();
    }

    /**
     * Writes all frames together.
     *
     * @param writer writes frames
     */
    public void send(Consumer<List<Frame>> writer) {
        List<Frame> sent = frames;
        CompletableFuture<Void> completed = written;
        frames = List.of();
        written = null;
        writer.accept(sent);
        if (completed != null) {
            completed.complete(null);
        }
    }

    /** Completes the additions that wait for a write, because the connection has ended. Any thread may call. */
    public void close() {
        closed = true;
        CompletableFuture<Void> waiting = written;
        if (waiting != null) {
            waiting.complete(null);
        }
    }
}
