package io.heartline.gateway.transport;

import io.netty.buffer.ByteBuf;

/**
 * The headers of what a server says on a WebSocket: whole messages, unmasked, without extensions
 * (<a href="https://www.rfc-editor.org/rfc/rfc6455#section-5.2">RFC 6455, 5.2</a>). Netty's encoder would make a message of
 * its own of each; many frames that leave together are one here.
 */
final class WebSocketFraming {

    private static final int WHOLE_TEXT = 0x81;
    private static final int EMPTY_PING = 0x8900;
    private static final int LONGEST_IN_7_BITS = 125;
    private static final int IN_16_BITS = 126;
    private static final int IN_64_BITS = 127;

    private WebSocketFraming() {}

    /** @param length of the payload that is to follow, in bytes */
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

    static void ping(ByteBuf to) {
        to.writeShort(EMPTY_PING);
    }
}
