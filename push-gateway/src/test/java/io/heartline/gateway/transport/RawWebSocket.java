package io.heartline.gateway.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.Deflater;

/** A client without automatic behaviour: it answers no ping, and reads only the bytes that a test reads. */
public final class RawWebSocket {

    private static final int SMALL_RECEIVE_BUFFER = 4_096;

    private RawWebSocket() {}

    /**
     * Opens a TCP connection with a small receive buffer.
     *
     * @param port the port on this machine
     * @return the connection, whose reads have a timeout of 30 s
     * @throws IOException if the connection fails
     */
    public static Socket connect(int port) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(SMALL_RECEIVE_BUFFER);
        socket.connect(new InetSocketAddress("localhost", port));
        socket.setSoTimeout(30_000);
        return socket;
    }

    /**
     * Opens a WebSocket.
     *
     * @param port the port on this machine
     * @param path the path and the query
     * @return the connection after the handshake
     * @throws IOException if the connection fails
     */
    public static Socket handshake(int port, String path) throws IOException {
        return handshake(connect(port), path);
    }

    static Socket handshake(Socket socket, String path) throws IOException {
        sendHandshake(socket, path);
        assertThat(head(socket)).startsWith("HTTP/1.1 101 ");
        return socket;
    }

    /**
     * Sends the request of a handshake.
     *
     * @param socket the connection
     * @param path the path and the query
     * @param headers further lines of the request
     * @throws IOException if the connection fails
     */
    public static void sendHandshake(Socket socket, String path, String... headers) throws IOException {
        String further = headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n";
        socket.getOutputStream()
                .write(("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\n"
                                + "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                                + "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n" + further + "\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
    }

    /**
     * Returns a frame with the bit of compression. It contains compressed zeros and is smaller than 64 KiB.
     *
     * @param inflated the number of zeros
     * @return the bytes of the frame
     */
    public static byte[] compressed(int inflated) {
        Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION, true);
        deflater.setInput(new byte[inflated]);
        byte[] payload = new byte[0xFFFF];
        int length = deflater.deflate(payload, 0, payload.length, Deflater.SYNC_FLUSH)
                - 4; // RFC 7692 omits the last four bytes
        deflater.end();
        return ByteBuffer.allocate(8 + length)
                .put(new byte[] {(byte) 0xC2, (byte) 0xFE, (byte) (length >> 8), (byte) length, 0, 0, 0, 0})
                .put(payload, 0, length)
                .array();
    }

    /** Returns a client's frame of at most 125 bytes, with a mask of zeros. */
    static byte[] frame(int firstByte, byte[] payload) {
        return ByteBuffer.allocate(6 + payload.length)
                .put(new byte[] {(byte) firstByte, (byte) (0x80 | payload.length), 0, 0, 0, 0})
                .put(payload)
                .array();
    }

    /**
     * Reads the status line and the headers of a response.
     *
     * @param socket the connection
     * @return the text up to the blank line, inclusive
     * @throws IOException if the connection fails
     */
    public static String head(Socket socket) throws IOException {
        StringBuilder answer = new StringBuilder();
        while (answer.indexOf("\r\n\r\n") < 0) {
            int next = socket.getInputStream().read();
            if (next < 0) {
                throw new EOFException("closed after: " + answer);
            }
            answer.append((char) next);
        }
        return answer.toString();
    }

    /**
     * Skips frames of less than 64 KiB. Returns the code of the close frame after them.
     *
     * @param in the bytes from the server
     * @return the close code
     * @throws IOException if the connection ends without a close frame
     */
    public static int closeCode(InputStream in) throws IOException {
        while (true) {
            int opcode = in.read();
            if (opcode < 0) {
                throw new EOFException("closed without a close frame");
            }
            int length = in.read();
            byte[] payload = in.readNBytes(length < 126 ? length : in.read() << 8 | in.read());
            if ((opcode & 0x0F) == 8) {
                return (payload[0] & 0xFF) << 8 | payload[1] & 0xFF;
            }
        }
    }
}
