package io.heartline.gateway.http;

import io.heartline.events.Contract;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A response; if it is a stream, with its first data as body. */
record HttpAnswer(int status, HttpHeaders headers, byte[] body) {

    /** Returns the response to a request that an HTTP client cannot write. */
    static HttpAnswer ofRawRequest(int port, String path, Map<String, String> headers) throws IOException {
        StringBuilder request = new StringBuilder("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n");
        headers.forEach(
                (name, value) -> request.append(name).append(": ").append(value).append("\r\n"));
        return ofRawRequest(port, request + "\r\n");
    }

    static HttpAnswer ofRawRequest(int port, String request) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            InputStream in = new BufferedInputStream(socket.getInputStream());
            int status = Integer.parseInt(line(in).split(" ")[1]);
            HttpHeaders answered = new HttpHeaders();
            for (String line = line(in); !line.isEmpty(); line = line(in)) {
                String[] header = line.split(": ?", 2);
                answered.add(header[0], header[1]);
            }
            return new HttpAnswer(status, answered, in.readNBytes((int) Math.max(0, answered.getContentLength())));
        }
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new IOException("cut off after: " + line);
            }
            line.append((char) c);
        }
        return line.toString().strip();
    }

    /** Returns the media type without parameters such as the charset; empty if there is none. */
    String mediaType() {
        MediaType type = headers.getContentType();
        return type == null ? "" : type.getType() + '/' + type.getSubtype();
    }

    JsonNode json() {
        return JsonMapper.shared().readTree(body);
    }

    /** @param operation an operation of the OpenAPI document */
    void assertDocumented(Contract operation) {
        operation.assertDescribes(status, headers::getFirst, mediaType(), body);
    }
}
