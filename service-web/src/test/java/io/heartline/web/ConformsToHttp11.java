package io.heartline.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Tests that every service treats requests as RFC 9112 says; the cases are after h1spec. The service is open. */
@ExtendWith(OutputCaptureExtension.class)
public interface ConformsToHttp11 {

    int port();

    static List<Http11Case> http11Cases() {
        return Http11Cases.all();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.heartline.web.ConformsToHttp11#http11Cases")
    default void request_isAnsweredAsRfc9112Says(Http11Case sent, CapturedOutput log) throws IOException {
        String answer = sent.exchange(port());

        assertThat(Http11Case.statuses(answer)).as("%s: %s", sent, answer).matches(sent.statuses());
        HostileRequests.assertLogIsQuiet(log.getAll());
    }
}
