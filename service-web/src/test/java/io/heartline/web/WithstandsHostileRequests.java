package io.heartline.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** What every service answers to {@link HostileRequests}: tests of whoever implements it. */
@ExtendWith(OutputCaptureExtension.class)
public interface WithstandsHostileRequests {

    int port();

    /** A path that GET would be answered on, or is known by. */
    String target();

    /** Returns a path of each resource of the service. */
    List<String> resources();

    /** Method and target of what may have a body. */
    default String withBody() {
        return "GET " + target();
    }

    /** Of such a body, each with its line's end. */
    default String bodyHeaders() {
        return "";
    }

    @Test
    default void ambiguousRequest_isRefused() throws IOException {
        for (String ambiguous : HostileRequests.ambiguous()) {
            HostileRequests.assertRefused(
                    ambiguous, HostileRequests.send(port(), withBody(), bodyHeaders() + ambiguous));
        }
    }

    /** A service that trusts a proxy's headers would take the page for one of its own. */
    @Test
    default void forwardedHeaderOfClient_isNotTrusted() throws IOException {
        String page = "Origin: https://evil.example\r\nX-Forwarded-For: 10.0.0.1\r\n";

        String answer = HostileRequests.send(
                port(), "GET " + target(), page + "Forwarded: host=evil.example;proto=https\r\n\r\n");

        assertThat(answer).startsWith("HTTP/1.1 403 ");
    }

    @Test
    default void hostileHeader_causesNoError_andIsNeitherReturnedNorLogged(CapturedOutput log) throws IOException {
        for (String header : HostileRequests.headers()) {
            String answer = HostileRequests.send(port(), "GET " + target(), header);

            assertThat(answer).as(header).isNotEmpty();
            HostileRequests.assertLeaksNothing(header, answer);
        }
        HostileRequests.assertLogIsQuiet(log.getAll());
    }

    @Test
    default void hostilePath_isRefused_andNotLogged(CapturedOutput log) throws IOException {
        for (String path : HostileRequests.paths()) {
            String answer = HostileRequests.send(port(), "GET " + path, "\r\n");

            assertThat(answer).as(path).isNotEmpty();
            HostileRequests.assertRefused(path, answer);
        }
        HostileRequests.assertLogIsQuiet(log.getAll());
    }

    @Test
    default void unsupportedMethod_isRefused_andNothingIsEchoed() throws IOException {
        for (String method : HostileRequests.methods()) {
            String answer =
                    HostileRequests.send(port(), method + " " + target(), "Authorization: Bearer s3cr3t\r\n\r\n");

            assertThat(answer).as(method).isNotEmpty().doesNotContain("s3cr3t");
            HostileRequests.assertRefused(method, answer);
        }
    }

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
