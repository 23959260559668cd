package io.heartline.reports.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.heartline.reports.worker.TestDatabase;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.slf4j.LoggerFactory;

/** The log of the delivery of messages. */
@Isolated("reads a logger of the JVM")
class WebhookLogIT {

    private final TestDatabase database = new TestDatabase();
    private final TestReports reports = new TestReports(database);
    private final Logger logger = (Logger) LoggerFactory.getLogger(Deliverer.class);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

    @BeforeEach
    void readTheLog() {
        lines.start();
        logger.setLevel(Level.INFO);
        logger.addAppender(lines);
    }

    @AfterEach
    void close() {
        logger.detachAppender(lines);
        logger.setLevel(null);
        database.close();
    }

    @Test
    void firstFailureAndRecovery_areLoggedOnce_withoutPathOrQueryOrSecretOrBody() throws Exception {
        AtomicInteger attempts = new AtomicInteger();
        try (TestReceiver receiver = new TestReceiver();
                TestWebhook webhook = new TestWebhook(database.mongo, receiver.uri())) {
            receiver.answers = message -> message.author().equals("alice") && attempts.incrementAndGet() < 5
                    ? TestReceiver.status(500)
                    : TestReceiver.acknowledge();
            reports.seal("alice");
            webhook.start();
            await().until(() -> lines.list.size() == 2);

            String origin = "http://127.0.0.1:" + receiver.uri().getPort();
            assertThat(lines.list.stream().map(line -> line.getLevel() + " " + line.getFormattedMessage()))
                    .containsExactly(
                            "WARN the webhook " + origin
                                    + " has not acknowledged a message, which is sent again: status 500",
                            "INFO the webhook " + origin + " acknowledges all messages again");
        }
    }
}
