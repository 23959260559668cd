package io.heartline.producer.array;

import io.heartline.producer.like.IngestRequest;
import io.heartline.producer.like.RefusedException;
import java.util.ArrayList;
import java.util.List;
import org.springframework.core.io.buffer.DataBuffer;

/**
 * The items of a JSON array, read from pieces of any size. Each complete item becomes its event or its refusal immediately, so the
 * body is never held. One thread at a time uses it.
 */
public final class LikeArray {

    /** The maximum number of items. */
    public static final int MAX_ITEMS = 1_000;

    /** The maximum size of the body in bytes. */
    public static final int MAX_BYTES = 16 * 1024 * 1024;

    private final IngestRequest request;
    private final ItemParser parser;
    private final ItemSplitter splitter;
    private final List<ArrayItem> items = new ArrayList<>();
    private long bodyBytes;

    /**
     * Creates an array without items.
     *
     * @param request the request of the array
     * @param parser creates the events of the items
     * @param whitespaceBytes number of bytes, all whitespace, that were read from the body before
     */
    public LikeArray(IngestRequest request, ItemParser parser, long whitespaceBytes) {
        this.request = request;
        this.parser = parser;
        this.splitter = new ItemSplitter(MAX_ITEMS, IngestRequest.MAX_LIKE_BYTES, whitespaceBytes);
        this.bodyBytes = whitespaceBytes;
    }

    /**
     * Returns whether a byte is whitespace in JSON.
     *
     * @param b a byte of UTF-8
     * @return true for a space, a tab, a line feed and a carriage return
     */
    public static boolean isWhitespace(int b) {
        return b == ' ' || b == '\n' || b == '\r' || b == '\t';
    }

    /**
     * Reads a piece of the body. Does not release it.
     *
     * @param piece the next bytes, at least one of which may be unread
     * @throws RefusedException if the body is refused whole: it is malformed, or over a limit
     */
    public void add(DataBuffer piece) {
        bodyBytes += piece.readableByteCount();
        if (bodyBytes > MAX_BYTES) {
            throw RefusedException.arrayTooLarge();
        }
        splitter.add(piece);
        while (splitter.next()) {
            items.add(readItem());
        }
    }

    private ArrayItem readItem() {
        if (splitter.isTooLong()) {
            return ArrayItem.refused(RefusedException.tooLarge());
        }
        byte[] bytes = splitter.bytes();
        try {
            return ArrayItem.of(parser.parse(request, splitter.number(), bytes, splitter.start(), splitter.length()));
        } catch (RefusedException e) {
            int malformedAt = ItemSyntax.malformedAt(bytes, splitter.start(), splitter.length());
            if (malformedAt >= 0) {
                throw splitter.malformedItem(malformedAt);
            }
            return ArrayItem.refused(e);
        }
    }

    /**
     * Ends the body.
     *
     * @throws RefusedException if the array is incomplete
     */
    public void endBody() {
        splitter.endInput();
    }

    /**
     * Returns the number of items that were read.
     *
     * @return 0 to {@link #MAX_ITEMS}
     */
    public int size() {
        return items.size();
    }

    /** Returns the items that were read, in order. */
    List<ArrayItem> items() {
        return items;
    }
}
