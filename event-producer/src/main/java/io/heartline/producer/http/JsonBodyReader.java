package io.heartline.producer.http;

import io.heartline.producer.array.LikeArray;
import io.heartline.producer.http.LikeArrayHandler.OpenArray;
import io.heartline.producer.like.IngestRequest;
import io.heartline.producer.like.RefusedException;
import java.io.ByteArrayOutputStream;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;

/**
 * Reads a JSON body of unknown form: its first byte that is not whitespace begins an array or one like. Memory holds at most 16 KiB of
 * a single like, or what {@link LikeArray} holds. One thread at a time uses it.
 */
final class JsonBodyReader implements AutoCloseable {

    private final long contentLength;
    private final LongFunction<OpenArray> opener;
    private final ByteArrayOutputStream like = new ByteArrayOutputStream();
    private long size;
    private boolean isFormKnown;
    private @Nullable OpenArray array;

    /**
     * @param contentLength size of the body; -1 if it is unknown
     * @param opener opens an array after a number of bytes that are all whitespace
     */
    JsonBodyReader(long contentLength, LongFunction<OpenArray> opener) {
        this.contentLength = contentLength;
        this.opener = opener;
    }

    /** @throws RefusedException if the body is refused whole */
    void add(DataBuffer piece) {
        if (!isFormKnown) {
            findForm(piece);
        }
        if (array != null) {
            array.items().add(piece);
            return;
        }
        size += piece.readableByteCount();
        if (size > LikeArray.MAX_BYTES) {
            throw RefusedException.arrayTooLarge();
        }
        if (isFormKnown) {
            requireSize(size);
        }
        byte[] kept = new byte[Math.min(piece.readableByteCount(), IngestRequest.MAX_LIKE_BYTES - like.size())];
        piece.read(kept);
        like.writeBytes(kept);
    }

    private void findForm(DataBuffer piece) {
        int first = piece.indexOf(b -> !LikeArray.isWhitespace(b), piece.readPosition());
        if (first < 0) {
            return;
        }
        isFormKnown = true;
        if (piece.getByte(first) == '[') {
            array = opener.apply(size);
        } else {
            requireSize(contentLength);
        }
    }

    private static void requireSize(long bytes) {
        if (bytes > IngestRequest.MAX_LIKE_BYTES) {
            throw RefusedException.tooLarge();
        }
    }

    /** Returns the array; null if the body is one like. */
    @Nullable
    OpenArray array() {
        return array;
    }

    /**
     * Returns the body of one like. Called at the end of the body.
     *
     * @throws RefusedException if the body is over 16 KiB
     */
    byte[] like() {
        requireSize(size);
        return like.toByteArray();
    }

    /** Releases the permit of the array, if there is one. */
    @Override
    public void close() {
        if (array != null) {
            array.close();
        }
    }
}
