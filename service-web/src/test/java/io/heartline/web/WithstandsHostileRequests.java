package io.heartline.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Tests of the answers to {@link HostileRequests}. The test of each service implements this interface. */
@ExtendWith(OutputCaptureExtension.class)
public interface WithstandsHostileRequests {

    /**
     * Returns the port of the service under test.
     *
     * @return the port, on loopback
     */
    int port();

    /**
     * Returns the path of a resource that the service has.
     *
     * @return a path, which may not support GET
     */
    String target();

    /**
     * Returns a path of each resource of the service.
     *
     * @return paths
     */
    List<String> resources();

    /**
     * Returns a request line for a request with a body.
     *
     * @return method and target
     */
    default String withBody() {
        return "GET " + target();
    }

    /**
     * Returns the headers that a request with a body needs.
     *
     * @return headers, each with CR and LF at its end
     */
    default String bodyHeaders() {
        return "";
    }

    /**
     * Tests that the service refuses requests that a proxy could parse differently.
     *
     * @throws IOException if the connection fails
     */
    @Test
    default void ambiguousRequest_isRefused() throws IOException {
        for (String ambiguous : HostileRequests.ambiguous()) {
            HostileRequests.assertRefused(
                    ambiguous, HostileRequests.send(port(), withBody(), bodyHeaders() + ambiguous));
        }
    }

    /**
     * Tests that the service ignores {@code Forwarded} of a client. Otherwise it would treat a foreign page as its own origin.
     *
     * @throws IOException if the connection fails
     */
    @Test
    default void forwardedHeaderOfClient_isNotTrusted() throws IOException {
        String page = "Origin: https://evil.example\r\nX-Forwarded-For: 10.0.0.1\r\n";

        String answer = HostileRequests.send(
                port(), "GET " + target(), page + "Forwarded: host=evil.example;proto=https\r\n\r\n");

        assertThat(answer).startsWith("HTTP/1.1 403 ");
    }

    /**
     * Tests that invalid headers cause no internal error, and that neither an answer nor the log contains their values.
     *
     * @param log output of the service
     * @throws IOException if the connection fails
     */
    @Test
    default void hostileHeader_causesNoError_andIsNeitherReturnedNorLogged(CapturedOutput log) throws IOException {
        for (String header : HostileRequests.headers()) {
            String answer = HostileRequests.send(port(), "GET " + target(), header);

            assertThat(answer).as(header).isNotEmpty();
            HostileRequests.assertLeaksNothing(header, answer);
        }
        HostileRequests.assertLogIsQuiet(log.getAll());
    }

    /**
     * Tests that the service refuses hostile paths and does not log them.
     *
     * @param log output of the service
     * @throws IOException if the connection fails
     */
    @Test
    default void hostilePath_isRefused_andNotLogged(CapturedOutput log) throws IOException {
        for (String path : HostileRequests.paths()) {
            String answer = HostileRequests.send(port(), "GET " + path, "\r\n");

            assertThat(answer).as(path).isNotEmpty();
            HostileRequests.assertRefused(path, answer);
        }
        HostileRequests.assertLogIsQuiet(log.getAll());
    }

    /**
     * Tests that the service refuses methods that no resource supports, and does not return the request's token.
     *
     * @throws IOException if the connection fails
     */
    @Test
    default void unsupportedMethod_isRefused_andNothingIsEchoed() throws IOException {
        for (String method : HostileRequests.methods()) {
            String answer =
                    HostileRequests.send(port(), method + " " + target(), "Authorization: Bearer s3cr3t\r\n\r\n");

            assertThat(answer).as(method).isNotEmpty().doesNotContain("s3cr3t");
            HostileRequests.assertRefused(method, answer);
        }
    }

    /**
     * Tests that each resource answers 405 with {@code Allow} to methods that it does not support.
     *
     * @throws IOException if the connection fails
     */
    @Test
    default void methodNotAllowed_is405WithAllow() throws IOException {
        for (String resource : resources()) {
            for (String method : List.of("TRACE", "PROPFIND")) {
                String answer = HostileRequests.send(port(), method + " " + resource, "\r\n");

                assertThat(answer)
                        .as(method + " " + resource)
                        .startsWith("HTTP/1.1 405 ")
                        .containsPattern("(?i)\r\nAllow: [A-Z]")
                        .containsPattern("(?i)\r\nContent-Type: application/problem\\+json");
            }
        }
    }
}
