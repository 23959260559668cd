package io.heartline.quickstart.backends;

import io.heartline.quickstart.backends.FaultyRelay.Fault;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

/** One direction of a {@link RelayedConnection}. It holds bytes back for the latency and for the limited rate. */
final class RelayPipe {

    private static final int MAX_READ = 16 * 1024;
    private static final int MAX_HELD = 256 * 1024;
    private static final int MIN_HELD = 1024;
    private static final long BURST_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    boolean isReadable;
    boolean isWritable = true;

    private final SocketChannel from;
    private final SocketChannel to;
    private final Deque<Chunk> held = new ArrayDeque<>();
    private int heldBytes;
    private int maxHeld = MAX_HELD;
    private boolean isBlocked;
    private boolean isAtEnd;
    private boolean isFinished;
    private long nextWrite = System.nanoTime();

    /** @param due the time of {@link System#nanoTime} at which the latency ends */
    private record Chunk(ByteBuffer bytes, long due) {}

    RelayPipe(SocketChannel from, SocketChannel to) {
        this.from = from;
        this.to = to;
    }

    /**
     * Reads and writes the bytes that the fault permits.
     *
     * @return the nanoseconds until the first of the held bytes may be written
     */
    long move(Fault fault, boolean blocked, long now) throws IOException {
        isBlocked = blocked;
        if (blocked) {
            return Long.MAX_VALUE;
        }
        // a slow link holds only the bytes that are in transit, so that its sender is slowed by back-pressure
        maxHeld = fault.bytesPerSecond() == 0
                ? MAX_HELD
                : Math.max(MIN_HELD, (int)
                        (fault.bytesPerSecond() * (fault.latency().toMillis() + 100) / 1000));
        if (isReadable) {
            isReadable = false;
            read(now + fault.latency().toNanos());
        }
        long next = write(fault.bytesPerSecond(), now);
        if (isAtEnd && held.isEmpty() && !isFinished) {
            isFinished = true;
            to.shutdownOutput();
        }
        return next;
    }

    private void read(long due) throws IOException {
        if (readInterest() == 0) {
            return;
        }
        ByteBuffer bytes = ByteBuffer.allocate(Math.min(MAX_READ, maxHeld - heldBytes));
        int count = from.read(bytes);
        if (count < 0) {
            isAtEnd = true;
        } else if (count > 0) {
            held.add(new Chunk(bytes.flip(), due));
            heldBytes += count;
        }
    }

    private long write(int bytesPerSecond, long now) throws IOException {
        while (!held.isEmpty() && isWritable) {
            Chunk first = held.peek();
            long wait = Math.max(first.due() - now, bytesPerSecond == 0 ? 0 : nextWrite - now);
            if (wait > 0) {
                return wait;
            }
            int maxBytes = bytesPerSecond == 0 ? first.bytes().remaining() : Math.max(1, bytesPerSecond / 50);
            ByteBuffer part = first.bytes().slice();
            part.limit(Math.min(maxBytes, part.remaining()));
            int requested = part.remaining();
            int written = to.write(part);
            first.bytes().position(first.bytes().position() + written);
            heldBytes -= written;
            if (bytesPerSecond > 0) {
                nextWrite = Math.max(nextWrite, now - BURST_NANOS) + TimeUnit.SECONDS.toNanos(written) / bytesPerSecond;
            }
            isWritable = written == requested;
            if (!first.bytes().hasRemaining()) {
                held.remove();
            }
        }
        return Long.MAX_VALUE;
    }

    /** Returns whether all bytes and the end of the stream have been passed on. */
    boolean isFinished() {
        return isFinished;
    }

    int readInterest() {
        return isBlocked || isAtEnd || heldBytes >= maxHeld ? 0 : SelectionKey.OP_READ;
    }

    int writeInterest() {
        return isBlocked || held.isEmpty() || isWritable ? 0 : SelectionKey.OP_WRITE;
    }
}
