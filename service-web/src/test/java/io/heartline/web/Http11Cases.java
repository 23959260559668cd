package io.heartline.web;

import java.util.ArrayList;
import java.util.List;

/**
 * Cases for the requirements of RFC 9112 on a server. After each request that must be refused, a valid request follows. If there
 * is one answer only, the server has closed the connection and has not parsed the rest as a request.
 */
final class Http11Cases {

    private static final String GET = "GET {ok} HTTP/1.1\r\n";
    private static final String HOST = "Host: localhost\r\n";
    private static final String CLOSE = "Connection: close\r\n";
    private static final String LAST = GET + HOST + CLOSE + "\r\n";
    private static final String CHUNKED = "Transfer-Encoding: chunked\r\n";
    private static final String CHUNKS = "5\r\nhello\r\n0\r\n\r\n";
    private static final String REJECTED = "400";

    /**
     * A server may close the connection after any answer (RFC 9112, 9.6). Reactor Netty closes it if the body has not arrived
     * yet, or if the next request has arrived and asks for it.
     */
    private static final String ONE_OR_BOTH = "200( 200)?";

    private final List<Http11Case> cases = new ArrayList<>();

    private Http11Cases() {}

    static List<Http11Case> all() {
        Http11Cases all = new Http11Cases();
        all.requestLines();
        all.targets();
        all.hosts();
        all.headers();
        all.lengths();
        all.transferCodings();
        all.chunks();
        all.connections();
        return all.cases;
    }

    /** Adds cases of RFC 9112, 2.2, 2.3 and 3. */
    private void requestLines() {
        served("a GET", LAST);
        served("empty lines before the request line", "\r\n\r\n" + LAST);
        served("a later minor version", line("GET {ok} HTTP/1.2") + CLOSE + "\r\n");
        served("HTTP/1.0", "GET {ok} HTTP/1.0\r\n\r\n");
        refused("no request line", line("what is this"));
        refused("no version", line("GET {ok}"));
        refused("a later major version", line("GET {ok} HTTP/2.0"));
        refused("an earlier major version", line("GET {ok} HTTP/0.9"));
        refused("the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
        refused("a version in lower case", line("GET {ok} http/1.1"));
        refused("a version of two digits", line("GET {ok} HTTP/1.10"));
        refused("another protocol", line("GET {ok} ICAP/1.1"));
        refused("something after the version", line("GET {ok} HTTP/1.1 x"));
        refused("a space in the target", line("GET {ok} x HTTP/1.1"));
        refused("a method that is no token", line("G(T {ok} HTTP/1.1"));
        refused("a method with a NUL", line("GE\0T {ok} HTTP/1.1"));
        refused("a line that ends with LF alone", "GET {ok} HTTP/1.1\n" + HOST + "\r\n");
        refused("a line that ends with CR alone", "GET {ok} HTTP/1.1\r" + HOST + "\r\n");
        add("a request line without end", "GET /" + "x".repeat(33_000) + " HTTP/1.1\r\n" + HOST + "\r\n", "414");
        add("a method in lower case", "get {ok} HTTP/1.1\r\n" + HOST + CLOSE + "\r\n", "4\\d\\d|501");
        add("a method without end", "G".repeat(33_000) + " {ok} HTTP/1.1\r\n" + HOST + "\r\n", "400|414|501");
    }

    /** Adds cases of RFC 9112, 3.2. */
    private void targets() {
        served("the absolute form", "GET http://localhost{ok} HTTP/1.1\r\n" + HOST + CLOSE + "\r\n");
        served("the absolute form with a port", "GET http://localhost:80{ok} HTTP/1.1\r\n" + HOST + CLOSE + "\r\n");
        add("the absolute form of another host", get("http://evil.example{ok}"), "421");
        add("the absolute form without a host", get("http://{ok}"), REJECTED);
        add("the absolute form with a user", get("http://localhost@evil.example{ok}"), REJECTED);
        add("the absolute form of a host of many labels", get("http://" + "a.".repeat(1_900) + "a{ok}"), REJECTED);
        add("the authority form", "CONNECT localhost:80 HTTP/1.1\r\n" + HOST + CLOSE + "\r\n", "4\\d\\d|501");
        add("the asterisk form", "OPTIONS * HTTP/1.1\r\n" + HOST + CLOSE + "\r\n", "2\\d\\d|4\\d\\d");
        refused("the asterisk form of a GET", "GET * HTTP/1.1\r\n" + HOST + "\r\n");
        refused("a path without a slash", "GET actuator/health HTTP/1.1\r\n" + HOST + "\r\n");
        refused("another scheme", "GET file://localhost{ok} HTTP/1.1\r\n" + HOST + "\r\n");
        add("a path with a broken escape", get("{ok}%zz"), REJECTED);
    }

    /** Adds cases of RFC 9112, 3.2, and RFC 9110, 7.2. */
    private void hosts() {
        add("no Host", GET + CLOSE + "\r\n", REJECTED);
        add("no Host with a later minor version", "GET {ok} HTTP/1.2\r\n" + CLOSE + "\r\n", REJECTED);
        for (String host : List.of(
                "",
                "localhost, localhost",
                "local host",
                "localhost:port",
                "localhost:-1",
                "localhost:99999",
                "localhost:80:80",
                "localhost/path",
                "user@localhost",
                "http://localhost",
                "[::1",
                "[::g]",
                "local\u00e9",
                "%6cocalhost")) {
            add("Host: '" + host + "'", GET + "Host: " + host + "\r\n" + CLOSE + "\r\n", REJECTED);
        }
        add("a Host of many labels", GET + "Host: " + "a.".repeat(3_000) + "a\r\n" + CLOSE + "\r\n", REJECTED);
        add("two Hosts", GET + HOST + HOST + CLOSE + "\r\n", REJECTED);
        add("two Hosts that differ in case", GET + HOST + "hOST: elsewhere.example\r\n" + CLOSE + "\r\n", REJECTED);
        add("another Host", GET + "Host: evil.example\r\n" + CLOSE + "\r\n", "421");
        served("a Host in upper case", GET + "HOST: LOCALHOST\r\n" + CLOSE + "\r\n");
        served("a Host that is an address", GET + "Host: 192.0.2.1:8081\r\n" + CLOSE + "\r\n");
        served("a Host of HTTP/1.0", "GET {ok} HTTP/1.0\r\n" + HOST + "\r\n");
    }

    /** Adds cases of RFC 9112, 5. */
    private void headers() {
        served("no space after the colon", GET + "Host:localhost\r\nX:y\r\n" + CLOSE + "\r\n");
        served("spaces and tabs around a value", GET + "Host: \t localhost \t \r\n" + CLOSE + "\r\n");
        served("an empty value", GET + HOST + "X:\r\n" + CLOSE + "\r\n");
        refused("a space before the colon", GET + HOST + "X : y\r\n\r\n");
        refused("a tab before the colon", GET + HOST + "X\t: y\r\n\r\n");
        refused("a name that is no token", GET + HOST + "X(y): z\r\n\r\n");
        refused("a name that is not ASCII", GET + HOST + "X\u00e9: z\r\n\r\n");
        refused("no name", GET + HOST + ": z\r\n\r\n");
        refused("no colon", GET + HOST + "X\r\n\r\n");
        refused("a space before the first header", GET + " " + HOST + "\r\n");
        refused("a NUL in a value", GET + HOST + "X: a\0b\r\n\r\n");
        refused("CR alone in a value", GET + HOST + "X: a\rb\r\n\r\n");
        refused("a header that ends with LF alone", GET + HOST + "X: a\nY: b\r\n\r\n");
        add("a folded value", GET + HOST + "X: a\r\n b\r\n" + CLOSE + "\r\n", "200|400");
        add("headers without end", GET + HOST + "X: " + "x".repeat(20_000) + "\r\n\r\n", "431");
        add("many headers", GET + HOST + "X: yyyyyyyyyy\r\n".repeat(2_000) + "\r\n", "431");
    }

    /** Adds cases of RFC 9112, 6.2 and 6.3. */
    private void lengths() {
        add("a body that is not read, and the next request", body("Content-Length: 5", "hello") + LAST, ONE_OR_BOTH);
        for (String length : List.of("-1", "+5", "5 5", "5,6", "0x5", "5.0", "five", "", "99999999999999999999")) {
            refused("Content-Length: '" + length + "'", body("Content-Length: " + length, "hello"));
        }
        refused("two lengths", body("Content-Length: 5\r\nContent-Length: 6", "hello"));
        refused("a length and chunks", body("Content-Length: 5\r\nTransfer-Encoding: chunked", CHUNKS));
        refused("chunks and a length", body("Transfer-Encoding: chunked\r\nContent-Length: 5", CHUNKS));
        refused("chunks and a length in lower case", body("transfer-encoding: chunked\r\ncontent-length: 5", CHUNKS));
    }

    /** Adds cases of RFC 9112, 6.1. */
    private void transferCodings() {
        add("chunks, and the next request", body("Transfer-Encoding: chunked", CHUNKS) + LAST, ONE_OR_BOTH);
        add("chunks in upper case", body("TRANSFER-ENCODING: CHUNKED", CHUNKS) + LAST, ONE_OR_BOTH);
        for (String coding : List.of(
                "xchunked",
                "chunkedx",
                "gzip",
                "identity",
                "gzip, chunked",
                "chunked, gzip",
                "chunked, chunked",
                "chunked;q=1",
                "\"chunked\"",
                ",chunked",
                "")) {
            refused("Transfer-Encoding: '" + coding + "'", body("Transfer-Encoding: " + coding, CHUNKS));
        }
        refused("two codings", body("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity", CHUNKS));
        refused("a vertical tab before the coding", body("Transfer-Encoding: \u000bchunked", CHUNKS));
        refused("a folded coding", body("Transfer-Encoding:\r\n chunked", CHUNKS));
        refused(
                "chunks of HTTP/1.0",
                "GET {ok} HTTP/1.0\r\n" + HOST + "Connection: keep-alive\r\n" + CHUNKED + "\r\n" + CHUNKS);
    }

    /** Adds cases of RFC 9112, 7.1. The server may answer after the headers, before it has read the chunks. */
    private void chunks() {
        add("an extension", chunks("5;x=y\r\nhello\r\n0\r\n\r\n") + LAST, ONE_OR_BOTH);
        add("an extension in quotes", chunks("5;x=\"y\"\r\nhello\r\n0;z\r\n\r\n") + LAST, ONE_OR_BOTH);
        add("trailers", chunks("5\r\nhello\r\n0\r\nX: y\r\n\r\n") + LAST, ONE_OR_BOTH);
        add("a size with zeros in front", chunks("0005\r\nhello\r\n000\r\n\r\n") + LAST, ONE_OR_BOTH);
        for (String broken : List.of(
                "0x5\r\nhello\r\n0\r\n\r\n",
                "-5\r\nhello\r\n0\r\n\r\n",
                "g\r\nhello\r\n0\r\n\r\n",
                "\r\nhello\r\n0\r\n\r\n",
                "fffffffffffffffff\r\nhello\r\n0\r\n\r\n",
                "4\r\nhello\r\n0\r\n\r\n",
                "5\r\nhelloX\r\n0\r\n\r\n",
                "5\nhello\r\n0\r\n\r\n",
                "5\rhello\r\n0\r\n\r\n",
                "5;x\ny\r\nhello\r\n0\r\n\r\n",
                "5\r\nhello\n0\r\n\r\n",
                "0\r\nX y\r\n\r\n")) {
            add("chunks '" + escaped(broken) + "'", chunks(broken) + LAST, "(200 )?400|200");
        }
    }

    /** Adds cases of RFC 9112, 9. */
    private void connections() {
        add("two pipelined requests", GET + HOST + "\r\n" + LAST, ONE_OR_BOTH);
        add("nothing after 'close'", LAST + LAST, "200");
        add("'close' among others", GET + HOST + "Connection: x, Close\r\n\r\n" + LAST, "200");
        add("nothing after HTTP/1.0", "GET {ok} HTTP/1.0\r\n\r\n" + LAST, "200");
        add("keep-alive of HTTP/1.0", "GET {ok} HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n" + LAST, ONE_OR_BOTH);
        add("HEAD, and the next request", "HEAD {ok} HTTP/1.1\r\n" + HOST + "\r\n" + LAST, ONE_OR_BOTH);
        served("an upgrade to HTTP/2", GET + HOST + upgrade("h2c") + "HTTP2-Settings: AAMAAABk\r\n" + CLOSE + "\r\n");
        served("an upgrade to another protocol", GET + HOST + upgrade("TLS/1.2, x") + CLOSE + "\r\n");
        add(
                "an expectation",
                body("Expect: 100-continue\r\nContent-Length: 5", "hello") + LAST,
                "(100 )?" + ONE_OR_BOTH);
    }

    private static String line(String requestLine) {
        return requestLine + "\r\n" + HOST;
    }

    private static String get(String target) {
        return "GET " + target + " HTTP/1.1\r\n" + HOST + CLOSE + "\r\n";
    }

    private static String body(String headers, String body) {
        return GET + HOST + headers + "\r\n\r\n" + body;
    }

    private static String chunks(String chunks) {
        return body("Transfer-Encoding: chunked", chunks);
    }

    private static String upgrade(String protocol) {
        return "Connection: Upgrade\r\nUpgrade: " + protocol + "\r\n";
    }

    private static String escaped(String text) {
        return text.replace("\r", "\\r").replace("\n", "\\n");
    }

    private void served(String name, String bytes) {
        add(name, bytes, "200");
    }

    /** Adds a request that must be refused, and a valid request after it. Adds the empty line if {@code bytes} has none. */
    private void refused(String name, String bytes) {
        String end = bytes.contains("\r\n\r\n") ? "" : "\r\n";
        add(name, bytes + end + LAST, REJECTED);
    }

    private void add(String name, String bytes, String statuses) {
        cases.add(new Http11Case(name, bytes, statuses));
    }
}
