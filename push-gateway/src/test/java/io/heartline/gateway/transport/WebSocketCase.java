package io.heartline.gateway.transport;

import java.nio.ByteBuffer;

/**
 * Bytes that a client sends after the handshake, and the expected answer of the server.
 *
 * @param name describes the bytes
 * @param answer {@link #OPEN}, or the control frame that the server sends
 */
record WebSocketCase(String name, byte[] bytes, String answer) {

    /** The server does not answer, and the connection stays open. */
    static final String OPEN = "nothing";

    /** The bit of the last frame of a message. */
    static final int FIN = 0x80;

    static final int CONTINUATION = 0;
    static final int TEXT = 1;
    static final int BINARY = 2;
    static final int CLOSE = 8;
    static final int PING = 9;
    static final int PONG = 10;

    private static final byte[] MASK = {0x37, (byte) 0xfa, 0x21, 0x3d};

    static String close(int code) {
        return "close " + code;
    }

    static String pong(String payload) {
        return "pong " + payload;
    }

    /** Returns a masked frame. */
    static byte[] frame(int firstByte, byte[] payload) {
        byte[] masked = new byte[payload.length];
        for (int i = 0; i < masked.length; i++) {
            masked[i] = (byte) (payload[i] ^ MASK[i % MASK.length]);
        }
        return join(header(firstByte, 0x80, payload.length), MASK, masked);
    }

    static byte[] unmasked(int firstByte, byte[] payload) {
        return join(header(firstByte, 0, payload.length), payload);
    }

    /** @param length of at most 65535 bytes */
    private static byte[] header(int firstByte, int maskBit, int length) {
        return length < 126
                ? new byte[] {(byte) firstByte, (byte) (maskBit | length)}
                : new byte[] {(byte) firstByte, (byte) (maskBit | 126), (byte) (length >> 8), (byte) length};
    }

    static byte[] join(byte[]... parts) {
        int length = 0;
        for (byte[] part : parts) {
            length += part.length;
        }
        ByteBuffer joined = ByteBuffer.allocate(length);
        for (byte[] part : parts) {
            joined.put(part);
        }
        return joined.array();
    }

    static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    @Override
    public String toString() {
        return name;
    }
}
