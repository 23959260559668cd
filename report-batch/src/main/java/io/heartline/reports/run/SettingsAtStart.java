package io.heartline.reports.run;

import io.heartline.reports.DifferentSettingsException;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import reactor.core.Exceptions;

/**
 * Compares the settings before anything else starts. If MongoDB does not answer, the service starts all the same, and they are
 * compared before it folds or reads a report.
 */
final class SettingsAtStart implements SmartLifecycle {

    private static final Logger logger = LoggerFactory.getLogger(SettingsAtStart.class);
    private static final Duration START = Duration.ofSeconds(10);

    private final DatabaseSettings settings;
    private volatile boolean isRunning;

    SettingsAtStart(DatabaseSettings settings) {
        this.settings = settings;
    }

    /** @throws DifferentSettingsException if this instance must not start */
    @Override
    public void start() {
        try {
            MongoCalls.await(settings.check().timeout(START));
        } catch (RuntimeException e) {
            if (!Trouble.isMongos(e) && !(Exceptions.unwrap(e) instanceof TimeoutException)) {
                throw e;
            }
            logger.warn("settings are compared with the database's once it answers: {}", Trouble.text(e));
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
