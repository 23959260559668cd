package io.heartline.producer.gzip;

import io.heartline.producer.like.RefusedException;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * A decoder of gzip (RFC 1952) that takes and returns pieces of any size. Members that follow each other are one body. It is not
 * thread-safe.
 *
 * <p>Netty's {@code JdkZlibDecoder} cannot replace it, for two reasons (tried with 4.2.18). With concatenated members, a truncated
 * body and a complete one leave it in the same state. And it inflates all of a compressed piece, whatever the demand: 10 kB of
 * compressed zeros became 10 MB in one call.
 */
final class GzipDecoder implements AutoCloseable {

    private static final int TRAILER_BYTES = 8;
    private static final long UINT_MASK = 0xffff_ffffL;

    private enum Part {
        HEADER,
        DATA,
        TRAILER
    }

    private final Inflater inflater = new Inflater(true);
    private final CRC32 crc = new CRC32();
    private long member = 1;
    private GzipHeader header = new GzipHeader(member);
    private Part part = Part.HEADER;
    private byte[] input = new byte[0];
    private int position; // of the next byte, except in DATA: the inflater counts for itself
    private int limit;
    private long inputBytes; // of all inputs
    private long inflatedBytes; // of all members
    private long trailer; // little-endian
    private int trailerBytes;
    private @Nullable RefusedException corruption; // found after bytes that were not returned yet
    private boolean isClosed;

    /**
     * Sets the next input. May be called only after {@link #decode} has returned 0, or before its first call.
     *
     * @param bytes array that contains the input, unchanged until the next call
     */
    void setInput(byte[] bytes, int offset, int length) {
        input = bytes;
        position = offset;
        limit = offset + length;
        inputBytes += length;
        if (part == Part.DATA) {
            inflater.setInput(input, position, length);
        }
    }

    /**
     * Decodes bytes into the start of an array.
     *
     * @return number of bytes; 0 if all input is used up
     * @throws RefusedException if the input is not gzip. All bytes before the corrupt place were returned.
     */
    int decode(byte[] output) {
        while (true) {
            switch (part) {
                case HEADER -> readHeader();
                case DATA -> {
                    int length = inflate(output);
                    if (length > 0) {
                        return length;
                    }
                }
                case TRAILER -> readTrailer();
            }
            if (position == limit) {
                return 0;
            }
        }
    }

    private void readHeader() {
        while (position < limit) {
            if (header.add(input[position++])) {
                part = Part.DATA;
                inflater.setInput(input, position, limit - position);
                return;
            }
        }
    }

    /** Returns 0 if all input is used up, or the data has ended. */
    private int inflate(byte[] output) {
        if (corruption != null) {
            throw corruption;
        }
        long start = inflater.getBytesWritten();
        try {
            inflater.inflate(output);
        } catch (DataFormatException e) {
            corruption = RefusedException.notGzip("the data of member " + member + " is corrupt");
        }
        int length = Math.toIntExact(inflater.getBytesWritten() - start);
        if (corruption != null && length == 0) {
            throw corruption;
        }
        crc.update(output, 0, length);
        inflatedBytes += length;
        if (inflater.finished()) {
            part = Part.TRAILER;
            position = limit - inflater.getRemaining();
        } else if (length == 0) {
            position = limit;
        }
        return length;
    }

    private void readTrailer() {
        while (position < limit) {
            trailer |= (input[position++] & 0xffL) << (Byte.SIZE * trailerBytes++);
            if (trailerBytes == TRAILER_BYTES) {
                checkTrailer();
                startNextMember();
                return;
            }
        }
    }

    private void checkTrailer() {
        if ((trailer & UINT_MASK) != crc.getValue()) {
            throw RefusedException.notGzip("the CRC of member " + member + " is wrong");
        }
        if (trailer >>> Integer.SIZE != (inflater.getBytesWritten() & UINT_MASK)) {
            throw RefusedException.notGzip("the length of member " + member + " is wrong");
        }
    }

    private void startNextMember() {
        header = new GzipHeader(++member);
        part = Part.HEADER;
        trailer = 0;
        trailerBytes = 0;
        crc.reset();
        inflater.reset();
    }

    /**
     * Checks that the body may end after the input that was used up.
     *
     * @throws RefusedException if it is truncated
     */
    void requireComplete() {
        boolean isBetweenMembers = part == Part.HEADER && !header.isStarted();
        if (!isBetweenMembers) {
            throw RefusedException.notGzip("it ends within member " + member);
        }
        if (member == 1) {
            throw RefusedException.notGzip("it is empty");
        }
    }

    /** Returns the number of bytes that were used up of all inputs. */
    long compressedBytes() {
        return inputBytes - (part == Part.DATA ? inflater.getRemaining() : limit - position);
    }

    /** Returns the number of bytes that {@link #decode} has returned. */
    long inflatedBytes() {
        return inflatedBytes;
    }

    /** Releases the native memory. The decoder must not be used afterwards. */
    @Override
    public void close() {
        inflater.end();
        isClosed = true;
    }

    boolean isClosed() {
        return isClosed;
    }
}
