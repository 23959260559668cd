package io.heartline.reports.mongo;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The timeouts for MongoDB; {@code report-batch.yml} documents each.
 *
 * @param timeout of each operation of a run, including the choice of a server and all retries
 * @param readTimeout of all operations of one request together
 */
@ConfigurationProperties("heartline.reports.mongo")
public record MongoSettings(
        @DefaultValue("60s") Duration timeout,
        @DefaultValue("8s") Duration readTimeout) {

    /** Shorter than the time after which a run's thread stops waiting for the driver. */
    private static final Duration MAX = Duration.ofSeconds(60);

    private static final Duration MIN = Duration.ofMillis(100);

    /**
     * Checks the timeouts. Zero would mean no limit to the driver.
     *
     * @param timeout from 100 ms to 60 s, inclusive
     * @param readTimeout from 100 ms to 60 s, inclusive
     * @throws IllegalArgumentException if one is not in this range
     */
    public MongoSettings {
        check("timeout", timeout);
        check("read-timeout", readTimeout);
    }

    private static void check(String name, Duration timeout) {
        if (timeout.compareTo(MIN) < 0 || timeout.compareTo(MAX) > 0) {
            throw new IllegalArgumentException("heartline.reports.mongo." + name + " must be from 100ms to 60s");
        }
    }
}
