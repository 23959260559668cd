package io.heartline.reports.read;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every response has a unique request id, including files, refusals and responses of the server before Spring. */
class RequestIdsIT extends AbstractReadApiIT {

    private static final String UUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";
    private static final String LIST = "/v1/authors/alice/reports";

    static Stream<Arguments> requests() {
        return Stream.of(
                Arguments.of("a report", 200, request(LIST + "/current")),
                Arguments.of("an unchanged report", 304, request(LIST + "/current", "If-None-Match: *\r\n")),
                Arguments.of(
                        "the headers of a report",
                        200,
                        request(LIST + "/current").replaceFirst("GET", "HEAD")),
                Arguments.of("a file", 200, request(LIST + "?format=csv")),
                Arguments.of("an invalid week", 400, request(LIST + "/2026-W54")),
                Arguments.of("an unavailable media type", 406, request(LIST, "Accept: text/html\r\n")),
                Arguments.of("an invalid Accept", 406, request(LIST, "Accept: ;;\r\n")),
                Arguments.of("a position that is not included", 412, request(LIST + "?atLeast=other000-0-1")),
                Arguments.of("a query", 200, query("{\"query\":\"{topAuthors(week:\\\"current\\\"){likes}}\"}")),
                Arguments.of("a query that is too large", 413, query("x".repeat(300_000))),
                Arguments.of("the runs", 200, request("/v1/runs")),
                Arguments.of("an unknown run", 404, request("/v1/runs/none")),
                Arguments.of("the page", 200, request("/")),
                Arguments.of("readiness", 200, request("/actuator/health/readiness")),
                Arguments.of("an unknown path", 404, request("/nothing")),
                Arguments.of("an unsupported method", 405, request(LIST).replace("GET", "DELETE")),
                Arguments.of("an invalid path", 400, request("/%zz")),
                Arguments.of("a URL that is too long", 414, request("/" + "x".repeat(20_000))),
                Arguments.of("headers that are too long", 431, request("/", "X: " + "x".repeat(20_000) + "\r\n")),
                Arguments.of("no HTTP request", 400, "what is this\r\n\r\n"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("requests")
    void everyAnswer_hasAUniqueRequestId(String name, int status, String request) throws Exception {
        List<String> one = head(request);
        List<String> other = head(request);

        assertThat(one.get(0)).startsWith("HTTP/1.1 " + status);
        assertThat(ids(one)).singleElement().asString().matches(UUID);
        assertThat(ids(other)).isNotEqualTo(ids(one));
    }

    /** Sends the request, and returns the status line and the headers of the response. */
    private List<String> head(String request) throws Exception {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            List<String> head = new ArrayList<>();
            for (String line = in.readLine(); !line.isEmpty(); line = in.readLine()) {
                head.add(line);
            }
            return head;
        }
    }

    private static List<String> ids(List<String> head) {
        return head.stream()
                .filter(line -> line.regionMatches(true, 0, "Request-Id: ", 0, 12))
                .map(line -> line.substring(12))
                .toList();
    }

    private static String request(String path, String... headers) {
        return "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n" + String.join("", headers) + "\r\n";
    }

    private static String query(String body) {
        return "POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
                + body.length() + "\r\n\r\n" + body;
    }
}
