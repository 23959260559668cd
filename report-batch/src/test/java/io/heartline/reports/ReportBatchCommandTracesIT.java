package io.heartline.reports;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.reports.audit.AuditLines;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** The log of commands, and the threads that they leave in their JVM. */
@Isolated("captures the output and the threads of the JVM")
@ExtendWith(OutputCaptureExtension.class)
class ReportBatchCommandTracesIT extends AbstractCommandIT {

    @Test
    void once_leavesNoThreadOfAMongoClient() throws Exception {
        createTopic();
        Set<Thread> before = Thread.getAllStackTraces().keySet(); // contexts of other classes stay open

        assertThat(run("--once")).isZero();

        assertThat(Thread.getAllStackTraces().keySet())
                .filteredOn(thread -> !before.contains(thread))
                .extracting(Thread::getName)
                .noneMatch(name -> name.startsWith("mongodb") || name.contains("EventLoopGroup"));
    }

    @Test
    void erase_isLoggedForAnAudit_withTheAccountAndTheExitCode(CapturedOutput log) throws Exception {
        createTopic();

        run("--erase", topic);
        commandLine()
                .execute(
                        "--erase=" + topic,
                        "--spring.mongodb.uri=" + database,
                        "--spring.kafka.bootstrap-servers=127.0.0.1:1");

        assertThat(AuditLines.with(log, topic))
                .extracting(Object::toString)
                .containsExactly(auditLine(0), auditLine(70));
    }

    private String auditLine(int exitCode) {
        return "{\"action\":\"erase\",\"author\":\"%s\",\"target\":\"/v1/authors/%s\",\"user\":\"%s\",\"exitCode\":%d}"
                .formatted(topic, topic, System.getProperty("user.name"), exitCode);
    }
}
