package io.heartline.producer;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A client that sends JSON over its own socket in chunks, so that the test decides when it writes and when it disconnects. */
public final class LikeArrayClient implements AutoCloseable {

    private final Socket socket;
    private final OutputStream out;
    private RawHttpAnswer answer;

    /**
     * Connects and sends the head of the request.
     *
     * @param port port of the service, on loopback
     * @param headers lines such as {@code Prefer: handling=strict}
     * @throws IOException if the port refuses the connection
     */
    public LikeArrayClient(int port, String... headers) throws IOException {
        socket = new Socket("127.0.0.1", port);
        socket.setSoTimeout(30_000);
        socket.setTcpNoDelay(true);
        out = socket.getOutputStream();
        StringBuilder head = new StringBuilder("POST /v1/likes HTTP/1.1\r\nHost: localhost\r\n");
        head.append("Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n");
        for (String header : headers) {
            head.append(header).append("\r\n");
        }
        out.write(head.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII));
    }

    /**
     * Sends a chunk.
     *
     * @param text its content, not empty
     * @return this client
     * @throws IOException if the connection is broken
     */
    public LikeArrayClient write(String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        String size = Integer.toHexString(bytes.length) + "\r\n";
        out.write((size + text + "\r\n").getBytes(StandardCharsets.UTF_8));
        return this;
    }

    /**
     * Ends the request.
     *
     * @return this client
     * @throws IOException if the connection is broken
     */
    public LikeArrayClient end() throws IOException {
        out.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        return this;
    }

    /**
     * Returns the answer. Waits for it.
     *
     * @return the answer with its body
     * @throws IOException if the answer is incomplete or times out after 30 s
     */
    public RawHttpAnswer answer() throws IOException {
        if (answer == null) {
            answer = RawHttpAnswer.read(socket.getInputStream());
        }
        return answer;
    }

    /**
     * Returns the body of the answer as JSON. Waits for it.
     *
     * @return the parsed body
     * @throws IOException if the answer is incomplete or times out after 30 s
     */
    public JsonNode json() throws IOException {
        return JsonMapper.shared().readTree(answer().body());
    }

    /**
     * Returns whether the service closes the connection without an answer. Waits for a byte or for the end.
     *
     * @return false if a byte arrived, which is discarded
     * @throws IOException if neither arrives in 30 s
     */
    public boolean isClosed() throws IOException {
        return socket.getInputStream().read() < 0;
    }

    /** Closes the connection without ending the request. */
    @Override
    public void close() throws IOException {
        socket.close();
    }
}
