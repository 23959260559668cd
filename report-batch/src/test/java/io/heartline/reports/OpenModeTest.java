package io.heartline.reports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.heartline.web.security.OpenBeyondLoopbackException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.ApplicationListener;

/** The report batch applies the start-up check of service-web for open mode. */
@ExtendWith(OutputCaptureExtension.class)
class OpenModeTest {

    @Test
    void beyondLoopback_startFails_withInstructions(CapturedOutput output) {
        ApplicationListener<WebServerInitializedEvent> listens = event -> System.out.println("it listens");
        SpringApplicationBuilder service =
                new SpringApplicationBuilder(ReportBatchApplication.class).listeners(listens);

        assertThatExceptionOfType(OpenBeyondLoopbackException.class).isThrownBy(() -> service.run(
                        "--spring.config.name=report-batch", "--server.port=0", "--server.address=0.0.0.0")
                .close());

        assertThat(output)
                .contains(
                        "APPLICATION FAILED TO START",
                        "server.address is 0.0.0.0",
                        "server.address=127.0.0.1",
                        "heartline.security.mode=jwt")
                .contains("HEARTLINE_SECURITY_OPEN_BEYOND_LOOPBACK")
                .doesNotContain("it listens");
    }
}
