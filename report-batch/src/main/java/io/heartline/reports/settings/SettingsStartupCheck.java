package io.heartline.reports.settings;

import io.heartline.reports.failure.DifferentSettingsException;
import io.heartline.reports.failure.Failures;
import io.heartline.reports.mongo.BlockingMongo;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import reactor.core.Exceptions;

/**
 * Compares the settings before anything else starts. If MongoDB does not answer, the service starts nevertheless, and compares them
 * before it folds or reads a report.
 */
final class SettingsStartupCheck implements SmartLifecycle {

    private static final Logger logger = LoggerFactory.getLogger(SettingsStartupCheck.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final DatabaseSettings settings;
    private volatile boolean isRunning;

    SettingsStartupCheck(DatabaseSettings settings) {
        this.settings = settings;
    }

    /** @throws DifferentSettingsException if this instance must not start */
    @Override
    public void start() {
        try {
            BlockingMongo.await(settings.checkOrCreate().timeout(TIMEOUT));
        } catch (RuntimeException e) {
            if (!Failures.isMongoError(e) && !(Exceptions.unwrap(e) instanceof TimeoutException)) {
                throw e;
            }
            logger.warn("settings are compared with the database's once it answers: {}", Failures.describe(e));
        }
        isRunning = true;
    }

    @Override
    public void stop() {
        isRunning = false;
    }

    @Override
    public boolean isRunning() {
        return isRunning;
    }

    /** Starts before the port is open, and before runs. */
    @Override
    public int getPhase() {
        return Integer.MIN_VALUE;
    }
}
