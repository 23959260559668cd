package io.heartline.producer.array;

import io.heartline.producer.like.RefusedException;
import org.springframework.core.io.buffer.DataBuffer;

/**
 * Splits pieces of any size into the items of a JSON array. An item's bytes are valid until {@link #next} is called. Memory holds at
 * most one piece and one item, because an item that is too long is skipped.
 *
 * <p>It checks everything between the items. In an item, it only finds the end. An object or array ends with the bracket that closes
 * its first one, whatever the kinds of the brackets.
 */
final class ItemSplitter {

    private final int maxItems;
    private final int maxItemBytes;
    private Phase phase = Phase.BEFORE_ARRAY;
    private byte[] bytes = new byte[0];
    private int scanned; // index of the next byte to scan
    private int limit;
    private long bodyOffset; // position of bytes[0] in the body
    private int items; // number of items that have begun
    private boolean isScalar; // the item ends before a delimiter
    private int depth; // open brackets of the item
    private boolean isInString;
    private boolean isEscaped;
    private boolean isTooLong;
    private int start;
    private int length;

    private enum Phase {
        BEFORE_ARRAY,
        BEFORE_FIRST_ITEM,
        IN_ITEM,
        AFTER_ITEM,
        BEFORE_NEXT_ITEM,
        AFTER_ARRAY
    }

    /**
     * @param maxItems maximum number of items
     * @param maxItemBytes maximum size of an item in bytes, from its first to its last character
     * @param bodyOffset number of bytes of the body, all whitespace, that are not added
     */
    ItemSplitter(int maxItems, int maxItemBytes, long bodyOffset) {
        this.maxItems = maxItems;
        this.maxItemBytes = maxItemBytes;
        this.bodyOffset = bodyOffset;
    }

    /** Adds the next piece. May be called only after {@link #next} has returned false. */
    void add(DataBuffer piece) {
        int size = piece.readableByteCount();
        if (limit + size > bytes.length) {
            makeRoom(size);
        }
        piece.read(bytes, limit, size);
        limit += size;
    }

    private void makeRoom(int size) {
        int kept = phase == Phase.IN_ITEM && !isTooLong ? start : scanned;
        int remaining = limit - kept;
        // at least doubled, so that an item in tiny pieces is copied a few times only
        byte[] target = remaining + size <= bytes.length
                ? bytes
                : new byte[Math.max(remaining + size, 2 * Math.min(bytes.length, maxItemBytes))];
        System.arraycopy(bytes, kept, target, 0, remaining);
        bytes = target;
        bodyOffset += kept;
        start -= kept;
        scanned -= kept;
        limit = remaining;
    }

    /**
     * Moves to the next item. Returns false if it is not complete, or after the last item.
     *
     * @throws RefusedException if the array is malformed, or has too many items
     */
    boolean next() {
        while (scanned < limit) {
            if (phase == Phase.IN_ITEM) {
                if (scanItem()) {
                    return true;
                }
            } else {
                scanBetweenItems(bytes[scanned]);
            }
        }
        return false;
    }

    private void scanBetweenItems(byte b) {
        if (!LikeArray.isWhitespace(b)) {
            switch (phase) {
                case BEFORE_ARRAY -> phase = b == '[' ? Phase.BEFORE_FIRST_ITEM : malformed();
                case BEFORE_FIRST_ITEM -> phase = b == ']' ? Phase.AFTER_ARRAY : beginItem(b);
                case AFTER_ITEM ->
                    phase = b == ']' ? Phase.AFTER_ARRAY : b == ',' ? Phase.BEFORE_NEXT_ITEM : malformed();
                case BEFORE_NEXT_ITEM -> phase = beginItem(b);
                default -> malformed();
            }
        }
        scanned++;
    }

    private Phase beginItem(byte b) {
        boolean isBracket = b == '{' || b == '[';
        isInString = b == '"';
        isScalar = !isBracket && !isInString;
        if (isScalar && b != '-' && (b < '0' || b > '9') && b != 't' && b != 'f' && b != 'n') {
            malformed();
        }
        if (items == maxItems) {
            throw RefusedException.arrayTooLarge();
        }
        items++;
        depth = isBracket ? 1 : 0;
        isTooLong = false;
        start = scanned;
        return Phase.IN_ITEM;
    }

    /** Scans up to the end of the item. Returns false if it has not arrived. */
    private boolean scanItem() {
        boolean isEnd = false;
        int i = scanned;
        while (i < limit && !isEnd) {
            byte b = bytes[i];
            if (isInString) {
                isEnd = scanString(b);
            } else if (isScalar) {
                if (LikeArray.isWhitespace(b) || b == ',' || b == ']') {
                    break;
                }
            } else if (b == '"') {
                isInString = true;
            } else if (b == '{' || b == '[') {
                depth++;
            } else if (b == '}' || b == ']') {
                isEnd = --depth == 0;
            }
            i++;
        }
        scanned = i;
        isEnd |= i < limit && isScalar;
        length = i - start;
        isTooLong |= length > maxItemBytes;
        if (isEnd) {
            phase = Phase.AFTER_ITEM;
        }
        return isEnd;
    }

    /** Returns whether a byte of a string ends the item. */
    private boolean scanString(byte b) {
        if (isEscaped) {
            isEscaped = false;
        } else if (b == '\\') {
            isEscaped = true;
        } else if (b == '"') {
            isInString = false;
            return depth == 0;
        }
        return false;
    }

    /**
     * Ends the input and releases its memory. May be called only after {@link #next} has returned false.
     *
     * @throws RefusedException if the array is incomplete
     */
    void endInput() {
        if (phase != Phase.AFTER_ARRAY) {
            throw RefusedException.invalidArray("", "malformed JSON: it ends before the array does");
        }
        bytes = new byte[0]; // not needed while the likes wait for Kafka
    }

    private Phase malformed() {
        throw RefusedException.invalidArray("", malformedAt(bodyOffset + scanned));
    }

    /**
     * Returns the refusal of the whole array because of the current item.
     *
     * @param index index of the malformed byte, relative to the item's start
     */
    RefusedException malformedItem(int index) {
        return RefusedException.invalidArray("/" + (items - 1), malformedAt(bodyOffset + start + index));
    }

    private static String malformedAt(long offset) {
        return "malformed JSON at byte " + (offset + 1) + " of the body";
    }

    /** Returns the number of the current item, starting at 1. */
    int number() {
        return items;
    }

    /** Returns the array that contains the item. If the item {@link #isTooLong}, the array does not contain it. */
    byte[] bytes() {
        return bytes;
    }

    int start() {
        return start;
    }

    /** Returns the number of the item's bytes, without surrounding whitespace. */
    int length() {
        return length;
    }

    boolean isTooLong() {
        return isTooLong;
    }
}
