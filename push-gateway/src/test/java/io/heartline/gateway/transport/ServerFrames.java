package io.heartline.gateway.transport;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The WebSocket frames that a server writes, read from a raw socket. */
public final class ServerFrames {

    private static final int TEXT = 1;
    private static final int CLOSE = 8;
    private static final int PONG = 10;

    private final DataInputStream in;

    /**
     * Creates a reader of frames.
     *
     * @param in the bytes after the handshake
     */
    public ServerFrames(InputStream in) {
        this.in = new DataInputStream(in);
    }

    /**
     * Returns the next text message. Skips control frames.
     *
     * @return the text
     * @throws IOException if the connection ends
     */
    public String nextText() throws IOException {
        return new String(next(TEXT), StandardCharsets.UTF_8);
    }

    /** Returns the next pong whose payload begins with a byte. */
    byte[] nextPong(int first) {
        try {
            byte[] payload = next(PONG);
            while (payload.length == 0 || payload[0] != first) {
                payload = next(PONG);
            }
            return payload;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the next pong with its payload, or the next close with its code; skips texts and pings. */
    String nextControl() throws IOException {
        while (true) {
            int opcode = in.readUnsignedByte() & 0x0F;
            byte[] payload = payload();
            if (opcode == PONG) {
                return "pong " + new String(payload, StandardCharsets.UTF_8);
            }
            if (opcode == CLOSE) {
                return payload.length == 0 ? "close" : "close " + ((payload[0] & 0xFF) << 8 | payload[1] & 0xFF);
            }
        }
    }

    private byte[] next(int wanted) throws IOException {
        while (true) {
            int opcode = in.readUnsignedByte() & 0x0F;
            byte[] payload = payload();
            if (opcode == wanted) {
                return payload;
            }
        }
    }

    private byte[] payload() throws IOException {
        int length = in.readUnsignedByte();
        if (length == 126) {
            length = in.readUnsignedShort();
        } else if (length == 127) {
            length = Math.toIntExact(in.readLong());
        }
        byte[] payload = new byte[length];
        in.readFully(payload);
        return payload;
    }
}
