package io.heartline.reports.mongo;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class MongoOutageLoggerTest {

    private Instant now = Instant.parse("2026-11-27T12:00:00Z");
    private final MongoOutageLogger unavailable = new MongoOutageLogger(() -> now);

    @Test
    void manyRejections_logOneLinePerMinute_withTheirNumber(CapturedOutput log) {
        add(1_000);
        assertThat(lines(log)).isEqualTo(1);

        now = now.plus(MongoOutageLogger.INTERVAL);
        add(1_000);

        assertThat(lines(log)).isEqualTo(2);
        assertThat(log.getAll()).contains("like 999 requests");
    }

    private void add(int refusals) {
        for (int i = 0; i < refusals; i++) {
            unavailable.logRejectedRequest("", new IllegalStateException("no answer"));
        }
    }

    private static long lines(CapturedOutput log) {
        return log.getAll().lines().filter(line -> line.contains("WARN")).count();
    }
}
