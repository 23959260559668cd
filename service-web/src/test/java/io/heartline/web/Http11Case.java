package io.heartline.web;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Bytes that a client sends on one connection, and the statuses that the server answers before it closes the connection.
 *
 * @param name description of the request
 * @param bytes in ISO 8859-1; {@code {ok}} stands for a path that every service answers with 200
 * @param statuses a pattern of the statuses, with a space between two
 */
public record Http11Case(String name, String bytes, String statuses) {

    static final String OK_PATH = "/actuator/health/liveness";

    private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.[01] (\\d{3}) ");
    private static final int TIMEOUT_MILLIS = 10_000;

    /**
     * Sends the bytes and reads until the server closes the connection.
     *
     * @param port the port, on loopback
     * @return all answers of the server, in ISO 8859-1
     * @throws IOException if the connection fails, or the server neither answers nor closes it for 10 s
     */
    public String exchange(int port) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.getOutputStream().write(bytes.replace("{ok}", OK_PATH).getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    static String statuses(String response) {
        Matcher lines = STATUS_LINE.matcher(response);
        return lines.results().map(line -> line.group(1)).collect(Collectors.joining(" "));
    }

    @Override
    public String toString() {
        return name;
    }
}
