package io.heartline.gateway.transport;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/** Writes the chunks of a response (<a href="https://www.rfc-editor.org/rfc/rfc9112#section-7.1">RFC 9112, 7.1</a>). */
final class HttpChunk {

    private static final int SIZE_DIGITS = 8; // an int in hexadecimal
    private static final int HEAD_BYTES = SIZE_DIGITS + 2;
    private static final int CR_LF = 0x0D0A;
    private static final byte[] LAST = "0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    /** The bytes of a chunk beyond its content. */
    static final int EXTRA_BYTES = HEAD_BYTES + 2;

    private HttpChunk() {}

    /** Reserves the head of a chunk in an empty buffer. The caller writes the content, then calls {@link #end}. */
    static void begin(ByteBuf to) {
        to.writeZero(HEAD_BYTES);
    }

    /** Writes the size before the content and the end after it. A chunk without content becomes no bytes. */
    static void end(ByteBuf to) {
        int size = to.readableBytes() - HEAD_BYTES;
        if (size == 0) {
            to.clear();
            return;
        }
        to.setShort(SIZE_DIGITS, CR_LF);
        int first = SIZE_DIGITS;
        for (int rest = size; rest > 0; rest >>>= 4) {
            to.setByte(--first, Character.forDigit(rest & 0xF, 16));
        }
        to.readerIndex(first);
        to.writeShort(CR_LF);
    }

    /** Writes the last chunk. */
    static void last(ByteBuf to) {
        to.writeBytes(LAST);
    }
}
