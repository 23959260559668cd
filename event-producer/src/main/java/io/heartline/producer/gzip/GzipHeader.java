package io.heartline.producer.gzip;

import io.heartline.producer.like.RefusedException;
import java.util.zip.CRC32;

/** The header of one gzip member (RFC 1952, 2.3), parsed byte by byte. Its optional fields are checked and skipped. */
final class GzipHeader {

    private static final int FIXED_BYTES = 10;
    private static final int DEFLATE = 8;

    private static final int FHCRC = 1 << 1;
    private static final int FEXTRA = 1 << 2;
    private static final int FNAME = 1 << 3;
    private static final int FCOMMENT = 1 << 4;
    private static final int RESERVED = 0xe0;

    private static final Field[] FIELDS = Field.values();

    /** The fields in their order. */
    private enum Field {
        FIXED(0),
        EXTRA_LENGTH(FEXTRA),
        EXTRA(FEXTRA),
        NAME(FNAME),
        COMMENT(FCOMMENT),
        CRC(FHCRC),
        END(0);

        /** The flag that announces the field; 0 if each header has it. */
        final int flag;

        Field(int flag) {
            this.flag = flag;
        }
    }

    private final long member;
    private final CRC32 crc = new CRC32();
    private Field field = Field.FIXED;
    private int index; // of the next byte in its field
    private int flags;
    private int extraLength;

    /** @param member number of the member in the body, starting at 1 */
    GzipHeader(long member) {
        this.member = member;
    }

    /** Returns whether it has any byte. */
    boolean isStarted() {
        return index > 0 || field != Field.FIXED;
    }

    /**
     * Adds the next byte.
     *
     * @return whether this byte is the last one of the header
     * @throws RefusedException if no header has this byte here
     */
    boolean add(byte next) {
        int value = next & 0xff;
        boolean isLastOfField = addToField(value);
        if (field != Field.CRC) {
            crc.update(value);
        }
        index++;
        if (isLastOfField) {
            startNextField();
        }
        return field == Field.END;
    }

    private boolean addToField(int value) {
        return switch (field) {
            case FIXED -> addFixed(value);
            case EXTRA_LENGTH -> {
                extraLength |= value << (Byte.SIZE * index);
                yield index == 1;
            }
            case EXTRA -> index == extraLength - 1;
            case NAME, COMMENT -> value == 0;
            case CRC -> {
                requireThat(value == (crc.getValue() >> (Byte.SIZE * index) & 0xff), "has a wrong CRC");
                yield index == 1;
            }
            case END -> throw new IllegalStateException("the header is complete");
        };
    }

    /** Bytes 4 to 9 are the time, hints about the compression, and the operating system. */
    private boolean addFixed(int value) {
        switch (index) {
            case 0 -> requireThat(value == 0x1f, "does not begin with 1f 8b");
            case 1 -> requireThat(value == 0x8b, "does not begin with 1f 8b");
            case 2 -> requireThat(value == DEFLATE, "names a compression method other than deflate");
            case 3 -> {
                requireThat((value & RESERVED) == 0, "sets a reserved flag");
                flags = value;
            }
            default -> {}
        }
        return index == FIXED_BYTES - 1;
    }

    private void startNextField() {
        index = 0;
        do {
            field = FIELDS[field.ordinal() + 1];
        } while (!isPresent(field));
    }

    private boolean isPresent(Field candidate) {
        return (flags & candidate.flag) == candidate.flag && (candidate != Field.EXTRA || extraLength > 0);
    }

    private void requireThat(boolean isMet, String violation) {
        if (!isMet) {
            throw RefusedException.notGzip("the header of member " + member + ' ' + violation);
        }
    }
}
