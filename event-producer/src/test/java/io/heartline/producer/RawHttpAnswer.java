package io.heartline.producer;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * An answer that is read from a socket, for requests that no HTTP client can send.
 *
 * @param status the status code
 * @param headers values by their names in lower case
 * @param body the body; empty if it was not read
 */
public record RawHttpAnswer(int status, Map<String, String> headers, byte[] body) {

    /**
     * Reads an answer that has a Content-Length, and nothing after it.
     *
     * @param in input of the socket
     * @return the answer
     * @throws IOException if the stream fails, or ends before the answer
     */
    public static RawHttpAnswer read(InputStream in) throws IOException {
        RawHttpAnswer head = head(in);
        int length = Integer.parseInt(head.headers.getOrDefault("content-length", "0"));
        return new RawHttpAnswer(head.status, head.headers, in.readNBytes(length));
    }

    /**
     * Reads the status line and the headers, and nothing after them.
     *
     * @param in input of the socket
     * @return the answer without its body
     * @throws IOException if the stream fails, or ends before the answer
     */
    public static RawHttpAnswer head(InputStream in) throws IOException {
        int status = Integer.parseInt(line(in).split(" ")[1]);
        Map<String, String> headers = new TreeMap<>();
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            String[] header = line.split(": ?", 2);
            headers.put(header[0].toLowerCase(Locale.ROOT), header[1]);
        }
        return new RawHttpAnswer(status, headers, new byte[0]);
    }

    static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new EOFException("cut off after: " + line);
            }
            line.append((char) c);
        }
        return line.toString().strip();
    }

    /**
     * Returns whether the connection ends with this answer.
     *
     * @return whether the answer has {@code Connection: close}
     */
    public boolean isLast() {
        return "close".equals(headers.get("connection"));
    }
}
