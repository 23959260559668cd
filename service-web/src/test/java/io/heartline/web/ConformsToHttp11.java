package io.heartline.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Tests that a service in open mode treats requests as RFC 9112 requires. The cases follow h1spec. */
@ExtendWith(OutputCaptureExtension.class)
public interface ConformsToHttp11 {

    /**
     * Returns the port of the service under test.
     *
     * @return the port, on loopback
     */
    int port();

    /**
     * Returns the cases that each service is tested with.
     *
     * @return all cases
     */
    static List<Http11Case> http11Cases() {
        return Http11Cases.all();
    }

    /**
     * Tests that the service answers the requests of a case with the expected statuses, and logs no error.
     *
     * @param sent the case
     * @param log output of the service
     * @throws IOException if the connection fails or times out
     */
    @ParameterizedTest(name = "{0}")
    @MethodSource("io.heartline.web.ConformsToHttp11#http11Cases")
    default void request_isAnsweredAsRfc9112Requires(Http11Case sent, CapturedOutput log) throws IOException {
        String answer = sent.exchange(port());

        assertThat(Http11Case.statuses(answer)).as("%s: %s", sent, answer).matches(sent.statuses());
        HostileRequests.assertLogIsQuiet(log.getAll());
    }
}
