package io.heartline.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

/** Requests that no browser makes, and checks of their answers and of the log. Each service is tested with them. */
public final class HostileRequests {

    private static final String CHUNKED = "Transfer-Encoding: chunked\r\n";
    private static final String END = "\r\n0\r\n\r\n";

    /** Text in the requests that no answer and no log line may start a line with. */
    private static final String FORGED = "forged";

    private HostileRequests() {}

    /**
     * Returns requests that a proxy and the server after it could parse differently.
     *
     * @return headers, an empty line and a body each
     */
    public static List<String> ambiguous() {
        return List.of(
                CHUNKED + "Content-Length: 4\r\n" + END,
                "Content-Length: 2\r\nContent-Length: 4\r\n\r\n{}  ",
                "Content-Length: -1\r\n\r\n{}",
                "Content-Length: +2\r\n\r\n{}",
                "Content-Length: 2, 2\r\n\r\n{}",
                "Transfer-Encoding: xchunked\r\n" + END,
                "Transfer-Encoding: chunked, identity\r\n" + END,
                "Transfer-Encoding : chunked\r\n" + END,
                "Transfer-Encoding:\r\n chunked\r\n" + END,
                "Transfer-Encoding: \u000bchunked\r\n" + END,
                "Host: elsewhere.example\r\nContent-Length: 2\r\n\r\n{}",
                "X: a\rContent-Length: 2\r\n\r\n{}",
                "X: a\u0000b\r\nContent-Length: 2\r\n\r\n{}");
    }

    /**
     * Returns requests with malformed chunks.
     *
     * @return headers, an empty line and a body each
     */
    public static List<String> brokenBodies() {
        return List.of(
                CHUNKED + "\r\nzz\r\n{}" + END,
                CHUNKED + "\r\n-2\r\n{}" + END,
                CHUNKED + "\r\nfffffffffffffffff\r\n{}" + END,
                CHUNKED + "\r\n2\r\n{}}" + END);
    }

    /**
     * Returns headers that the services or their libraries read, with invalid values.
     *
     * @return one header and an empty line each
     */
    public static List<String> headers() {
        List<String> values = List.of(
                "",
                "x".repeat(7_000),
                "a\u001b[31mforged",
                ";;=,\"%00%0d%0aforged: yes",
                "\u00e2\u0080\u00ae\u00ff",
                "{\"$gt\":\"\"}",
                "${jndi:ldap://127.0.0.1:1/forged}");
        return Stream.of(
                        "Accept",
                        "Accept-Language",
                        "Authorization",
                        "baggage",
                        "Content-Type",
                        "Cookie",
                        "Expect",
                        "Forwarded",
                        "Idempotency-Key",
                        "If-Modified-Since",
                        "If-None-Match",
                        "Last-Event-ID",
                        "Origin",
                        "Prefer",
                        "Range",
                        "Sec-WebSocket-Protocol",
                        "traceparent",
                        "tracestate",
                        "Upgrade",
                        "User-Agent",
                        "X-Forwarded-For",
                        "X-HTTP-Method-Override")
                .flatMap(name -> values.stream().map(value -> name + ": " + value + "\r\n\r\n"))
                .toList();
    }

    /**
     * Returns paths that could reach private files, and paths with ids that could change a log, a header or a query.
     *
     * @return paths, encoded, some of them with a query
     */
    public static List<String> paths() {
        return List.of(
                "/../../etc/passwd",
                "/..%2f..%2fetc/passwd.js",
                "/%2e%2e/push-gateway.js",
                "/..%5c..%5cwindows/win.ini",
                "/heartline.js%00",
                "/file:/etc/passwd.js",
                "/classpath:schema.js",
                "/page/../report-batch.yml",
                "/page/%2e%2e/report-batch.yml",
                "/page/..%2freport-batch.yml",
                "/page/..%252freport-batch.yml",
                "/page/..;/report-batch.yml",
                "/page/file:///etc/passwd",
                "/page/..%2f%0d%0aforged%1b%5b31m",
                "/problems/..%2fopenapi.yaml",
                "/problems/%3Cscript%3E",
                "/v1/authors/a%0d%0aforged:%20yes%1b%5b31m/likes",
                "/v1/authors/a%0d%0aforged:%20yes/reports?format=csv",
                "/v1/authors/%7B%22$gt%22:%22%22%7D/likes",
                "/v1/authors/%7B%22$gt%22:%22%22%7D/reports",
                "/v1/authors/alice/likes?after=%0d%0aforged:%20yes",
                "/v1/authors/alice/reports/%7B%22$ne%22:1%7D",
                "/v1/authors/..%2f..%2f/likes",
                "/v1/reports/$where/authors",
                "/v1/runs/%7B%22$gt%22:%22%22%7D",
                "/v1/runs/x%0d%0aforged:%20yes",
                "/actuator/env",
                "/actuator/heapdump",
                "/actuator/beans",
                "/actuator/loggers",
                "/actuator/sbom");
    }

    /**
     * Returns methods that no resource supports. An answer to TRACE would return the token to a page's script.
     *
     * @return names of methods
     */
    public static List<String> methods() {
        return List.of("TRACE", "CONNECT", "PROPFIND", "PRI", "get", "PUT", "DELETE", "PATCH");
    }

    /**
     * Sends a request on a new connection and reads until the server closes it.
     *
     * @param port the port, on loopback
     * @param requestLine method and target
     * @param headersAndBody everything after {@code Host}, with the empty line
     * @return the whole answer; empty if the server closes the connection without one
     * @throws IOException if the port refuses the connection, or the answer times out after 30 s
     */
    public static String send(int port, String requestLine, String headersAndBody) throws IOException {
        Socket peer = new Socket(
                InetAddress.getLoopbackAddress(), port); // outside try: a refused connection must fail the test
        try (Socket socket = peer) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream()
                    .write((requestLine + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + headersAndBody)
                            .getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        } catch (SocketException e) {
            return ""; // the server closed it with unread input
        }
    }

    /**
     * Asserts that a request was answered with 4xx or not at all, and that the answer reveals nothing.
     *
     * @param requestLine description of the request in the message of a failure
     * @param response the whole answer
     */
    public static void assertRefused(String requestLine, String response) {
        assertThat(response).as(requestLine).matches("(?s)|HTTP/1.1 4\\d\\d .*");
        assertLeaksNothing(requestLine, response);
    }

    /**
     * Asserts that there is at most one answer and no 5xx, and that it contains neither names of libraries nor forged headers.
     *
     * @param requestLine description of the request in the message of a failure
     * @param response the whole answer
     */
    public static void assertLeaksNothing(String requestLine, String response) {
        assertThat(response)
                .as(requestLine)
                .matches("(?s)|HTTP/1.1 [234]\\d\\d .*")
                .doesNotContainPattern("(?s)HTTP/1.1.*HTTP/1.1")
                .doesNotContainPattern("(?im)^(server|x-powered-by|x-application-context|" + FORGED + "): ")
                .doesNotContainPattern(
                        "Exception|\\bat (io|org|java|reactor)\\.|(org|io|java|reactor|tools)\\.[a-z]+\\.[a-z]+")
                .doesNotContain("\u001b");
    }

    /**
     * Asserts that a log contains no internal error, no stack trace of the server, and no line that a client has forged.
     *
     * @param log the whole log
     */
    public static void assertLogIsQuiet(String log) {
        assertThat(log)
                .doesNotContainPattern(
                        "500 Server Error|answered 500|Decoding failed|\\tat (reactor|org\\.springframework)\\.")
                .doesNotContain("\u001b", "jndi");
        assertThat(log.lines()).noneMatch(line -> line.startsWith(FORGED));
    }
}
