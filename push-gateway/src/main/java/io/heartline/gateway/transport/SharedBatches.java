package io.heartline.gateway.transport;

import io.heartline.gateway.stream.Frame;
import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.FastThreadLocal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of the last batch of events that an event loop has encoded. Connections that follow the same authors send the same
 * batches. So each of them writes a slice of one buffer, instead of a buffer of its own. An event loop keeps one batch, until it
 * encodes another.
 */
final class SharedBatches {

    private final FastThreadLocal<Last> last = new FastThreadLocal<>() {

        @Override
        protected Last initialValue() {
            return new Last();
        }

        @Override
        protected void onRemoval(Last removed) { // the event loop has ended
            removed.release();
        }
    };

    /** The last batch of one event loop. */
    private static final class Last {

        private List<Frame> frames = List.of();
        private @Nullable ByteBuf bytes;

        private boolean contains(List<Frame> others) {
            int size = frames.size();
            if (bytes == null || others.size() != size) {
                return false;
            }
            for (int i = 0; i < size; i++) {
                if (frames.get(i) != others.get(i)) {
                    return false;
                }
            }
            return true;
        }

        private void release() {
            if (bytes != null) {
                bytes.release();
                bytes = null;
                frames = List.of();
            }
        }
    }

    /**
     * Returns the bytes of a batch, if it is the last one of this event loop.
     *
     * @return a slice that the caller releases; null if the batch has to be encoded
     */
    @Nullable
    ByteBuf find(List<Frame> frames) {
        Last own = last.get();
        return own.contains(frames) ? own.bytes.retainedSlice() : null;
    }

    /**
     * Keeps an encoded batch for the next connections, if it has events. Other frames are of one connection only.
     *
     * @param frames the frames, in a list that does not change any more
     * @param encoded the bytes; this object takes them over if it keeps them
     * @return the buffer for this connection, which the caller releases
     */
    ByteBuf keep(List<Frame> frames, ByteBuf encoded) {
        if (frames.get(0).kind() != Frame.Kind.like) {
            return encoded;
        }
        Last own = last.get();
        own.release();
        own.frames = frames;
        own.bytes = encoded;
        return encoded.retainedSlice(); // without writable bytes, which a TLS handler could use
    }
}
