package io.heartline.producer;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A client that streams likes over its own socket, so that the test decides when it writes and reads. */
public final class StreamClient implements AutoCloseable {

    /** The header by which a client prefers the results of refused lines only. */
    public static final String MINIMAL = "Prefer: return=minimal";

    private final Socket socket;
    private final OutputStream out;
    private final InputStream in;
    private final StringBuilder read = new StringBuilder();
    private int nextLine;
    private RawHttpAnswer head;
    private boolean isComplete;

    /**
     * Connects and writes the head of the request, without a flush.
     *
     * @param port port of the service, on loopback
     * @param headers lines such as {@code Prefer: return=minimal}
     * @throws IOException if the port refuses the connection
     */
    public StreamClient(int port, String... headers) throws IOException {
        socket = new Socket("127.0.0.1", port);
        socket.setSoTimeout(60_000);
        out = new BufferedOutputStream(socket.getOutputStream(), 64 * 1024);
        in = new BufferedInputStream(socket.getInputStream(), 64 * 1024);
        StringBuilder head = new StringBuilder("POST /v1/likes HTTP/1.1\r\nHost: localhost\r\n");
        head.append("Content-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n");
        for (String header : headers) {
            head.append(header).append("\r\n");
        }
        out.write(head.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII));
    }

    /**
     * Writes a chunk.
     *
     * @param text its content
     * @return this client
     * @throws IOException if the connection is broken
     */
    public StreamClient write(String text) throws IOException {
        return write(text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Writes a chunk. Writes nothing if it is empty.
     *
     * @param bytes its content
     * @return this client
     * @throws IOException if the connection is broken
     */
    public StreamClient write(byte[] bytes) throws IOException {
        if (bytes.length == 0) {
            return this; // an empty chunk would end the body
        }
        out.write((Integer.toHexString(bytes.length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
        out.write(bytes);
        out.write("\r\n".getBytes(StandardCharsets.US_ASCII));
        return this;
    }

    /**
     * Writes lines of likes, and another line as every n-th line.
     *
     * @param nth distance between two of the other lines, 1 or more
     * @param other the other line with its end
     * @param count number of all lines
     * @return this client
     * @throws IOException if the connection is broken
     */
    public StreamClient write(int nth, String other, int count) throws IOException {
        StringBuilder lines = new StringBuilder();
        for (int i = 1; i <= count; i++) {
            lines.append(i % nth == 0 ? other : LikeBodies.lines(i, 1));
            if (lines.length() > 32 * 1024 || i == count) {
                write(lines.toString());
                lines.setLength(0);
            }
        }
        return this;
    }

    /**
     * Sends all bytes that are written.
     *
     * @return this client
     * @throws IOException if the connection is broken
     */
    public StreamClient flush() throws IOException {
        out.flush();
        return this;
    }

    /**
     * Returns whether any byte of the answer has arrived.
     *
     * @return whether a byte can be read without waiting
     * @throws IOException if the connection is broken
     */
    public boolean hasAnswer() throws IOException {
        return in.available() > 0;
    }

    /**
     * Ends the request.
     *
     * @return this client
     * @throws IOException if the connection is broken
     */
    public StreamClient end() throws IOException {
        out.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        return flush();
    }

    /**
     * Returns the status of the answer. Waits for it.
     *
     * @return the status code
     * @throws IOException if the answer is incomplete or times out after 60 s
     */
    public int status() throws IOException {
        return head().status();
    }

    /**
     * Returns a header of the answer. Waits for the answer.
     *
     * @param name name of the header
     * @return its value; null if it is absent
     * @throws IOException if the answer is incomplete or times out after 60 s
     */
    public String header(String name) throws IOException {
        return head().headers().get(name.toLowerCase(Locale.ROOT));
    }

    /**
     * Reads the body of a refusal.
     *
     * @return the problem
     * @throws IOException if the answer is incomplete or times out after 60 s
     */
    public JsonNode problem() throws IOException {
        return JsonMapper.shared().readTree(in.readNBytes(Integer.parseInt(header("Content-Length"))));
    }

    private RawHttpAnswer head() throws IOException {
        if (head == null) {
            head = RawHttpAnswer.head(in);
        }
        return head;
    }

    /**
     * Returns the next result. Waits for it.
     *
     * @return the result; null after the last
     * @throws IOException if the answer is incomplete or times out after 60 s
     */
    public JsonNode result() throws IOException {
        String line = line();
        return line == null ? null : JsonMapper.shared().readTree(line);
    }

    /**
     * Returns the next result as it arrived. Waits for it.
     *
     * @return JSON without the line end; null after the last
     * @throws IOException if the answer is incomplete or times out after 60 s
     */
    public String line() throws IOException {
        head();
        int end = read.indexOf("\n", nextLine);
        while (end < 0) {
            if (isComplete) {
                return null;
            }
            int length = Integer.parseInt(RawHttpAnswer.line(in), 16);
            byte[] chunk = in.readNBytes(length);
            if (chunk.length < length) {
                throw new EOFException("cut off");
            }
            read.delete(0, nextLine).append(new String(chunk, StandardCharsets.UTF_8));
            nextLine = 0;
            RawHttpAnswer.line(in);
            isComplete = length == 0;
            end = read.indexOf("\n");
        }
        String line = read.substring(nextLine, end);
        nextLine = end + 1;
        return line;
    }

    /**
     * Returns the results up to the end of the answer.
     *
     * @return results in order
     * @throws IOException if the answer is incomplete or times out after 60 s
     */
    public List<JsonNode> results() throws IOException {
        List<JsonNode> results = new ArrayList<>();
        for (JsonNode result = result(); result != null; result = result()) {
            results.add(result);
        }
        return results;
    }

    /**
     * Returns whether the service has closed its side of the connection. Waits for a byte or for the end.
     *
     * @return false if a byte arrived, which is discarded
     * @throws IOException if neither arrives in 60 s
     */
    public boolean isClosed() throws IOException {
        return in.read() < 0;
    }

    /**
     * Closes the connection with a RST instead of a FIN.
     *
     * @throws IOException if the socket cannot be closed
     */
    public void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    /** Closes the connection without ending the request. */
    @Override
    public void close() throws IOException {
        socket.close();
    }
}
