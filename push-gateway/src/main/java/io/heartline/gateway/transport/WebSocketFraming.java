package io.heartline.gateway.transport;

import io.netty.buffer.ByteBuf;

/**
 * Writes the headers of a server's WebSocket frames: whole messages, unmasked, without extensions
 * (<a href="https://www.rfc-editor.org/rfc/rfc6455#section-5.2">RFC 6455, 5.2</a>). Many frames of a batch share one Netty message
 * here. Netty's encoder would need a message for each.
 */
final class WebSocketFraming {

    /** The size of the header of a ping, a pong or a close frame. */
    static final int CONTROL_HEADER_BYTES = 2;

    private static final int WHOLE_TEXT = 0x81;
    private static final int CLOSE = 0x88;
    private static final int EMPTY_PING = 0x8900;
    private static final int PONG = 0x8A;
    private static final int LONGEST_IN_7_BITS = 125;
    private static final int IN_16_BITS = 126;
    private static final int IN_64_BITS = 127;

    private WebSocketFraming() {}

    /**
     * Writes the header of a text message.
     *
     * @param length the length of the payload that the caller writes next, in bytes
     */
    static void text(int length, ByteBuf to) {
        to.writeByte(WHOLE_TEXT);
        if (length <= LONGEST_IN_7_BITS) {
            to.writeByte(length);
        } else if (length <= 0xFFFF) {
            to.writeByte(IN_16_BITS).writeShort(length);
        } else {
            to.writeByte(IN_64_BITS).writeLong(length);
        }
    }

    /**
     * Writes a pong.
     *
     * @param payload at most 125 bytes
     */
    static void pong(byte[] payload, ByteBuf to) {
        to.writeByte(PONG).writeByte(payload.length).writeBytes(payload);
    }

    /**
     * Writes a close frame.
     *
     * @param body the code and the reason, at most 125 bytes; empty without a code; still owned by the caller
     */
    static void close(ByteBuf body, ByteBuf to) {
        to.writeByte(CLOSE).writeByte(body.readableBytes()).writeBytes(body, body.readerIndex(), body.readableBytes());
    }

    /** Writes a ping without payload. */
    static void ping(ByteBuf to) {
        to.writeShort(EMPTY_PING);
    }
}
