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
    default void aRequestThatTwoServersCouldReadDifferently_isRefused() throws IOException {
        for (String ambiguous : HostileRequests.ambiguous()) {
            HostileRequests.assertRefused(
                    ambiguous, HostileRequests.ask(port(), withBody(), bodyHeaders() + ambiguous));
        }
    }

    /** A service that trusts a proxy's headers would take the page for one of its own. */
    @Test
    default void forwardedHeaderOfAClient_isNotBelieved() throws IOException {
        String page = "Origin: https://evil.example\r\nX-Forwarded-For: 10.0.0.1\r\n";

        String answer = HostileRequests.ask(
                port(), "GET " + target(), page + "Forwarded: host=evil.example;proto=https\r\n\r\n");

        assertThat(answer).startsWith("HTTP/1.1 403 ");
    }

    @Test
    default void noHeader_isADefect_orComesBack_orIsLogged(CapturedOutput log) throws IOException {
        for (String header : HostileRequests.headers()) {
            String answer = HostileRequests.ask(port(), "GET " + target(), header);

            assertThat(answer).as(header).isNotEmpty();
            HostileRequests.assertTellsNothing(header, answer);
        }
        HostileRequests.assertLogIsQuiet(log.getAll());
    }

    @Test
    default void noPath_leadsToAFile_orToAnothersData_orIsLogged(CapturedOutput log) throws IOException {
        for (String path : HostileRequests.paths()) {
            String answer = HostileRequests.ask(port(), "GET " + path, "\r\n");

            assertThat(answer).as(path).isNotEmpty();
            HostileRequests.assertRefused(path, answer);
        }
        HostileRequests.assertLogIsQuiet(log.getAll());
    }

    @Test
    default void aMethodThatNothingIsFor_isRefused_andNothingOfItComesBack() throws IOException {
        for (String method : HostileRequests.methods()) {
            String answer =
                    HostileRequests.ask(port(), method + " " + target(), "Authorization: Bearer s3cr3t\r\n\r\n");

            assertThat(answer).as(method).isNotEmpty().doesNotContain("s3cr3t");
            HostileRequests.assertRefused(method, answer);
        }
    }

    @Test
    default void aMethodThatAResourceDoesNotHave_is405_withThoseThatItHas() throws IOException {
        for (String resource : resources()) {
            for (String method : List.of("TRACE", "PROPFIND")) {
                String answer = HostileRequests.ask(port(), method + " " + resource, "\r\n");

                assertThat(answer)
                        .as(method + " " + resource)
                        .startsWith("HTTP/1.1 405 ")
                        .containsPattern("(?i)\r\nAllow: [A-Z]")
                        .containsPattern("(?i)\r\nContent-Type: application/problem\\+json");
            }
        }
    }
}
