package io.heartline.web;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.test.system.CapturedOutput;

@ExtendWith(CapturedLog.class)
class CapturedLogTest {

    private static final Logger logger = LoggerFactory.getLogger(CapturedLogTest.class);

    @BeforeAll
    static void logBeforeTheTests() {
        logger.warn("before the tests");
    }

    @Test
    void linesOfAllThreads_areCaptured_fromTheBeginningOfTheTest(CapturedOutput log) throws Exception {
        Thread other = new Thread(() -> logger.warn("meanwhile", new IllegalStateException("on purpose")), "other");
        other.start();
        other.join();

        assertThat(log.getAll())
                .contains(
                        "WARN  [other] " + CapturedLogTest.class.getName() + " : meanwhile",
                        "IllegalStateException: on purpose")
                .doesNotContain("before the tests");
    }

    /** Without {@link TestLogging}, the second service would configure Logback again, which ends the capture. */
    @Test
    void linesAreCaptured_afterServicesHaveStartedAndStopped(CapturedOutput log) {
        TestService.start().close();
        TestService.start().close();

        logger.warn("after the services");

        assertThat(log.getAll()).contains("after the services");
    }
}
