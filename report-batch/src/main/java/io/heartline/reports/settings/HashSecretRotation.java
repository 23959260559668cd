package io.heartline.reports.settings;

import static io.heartline.reports.mongo.BlockingMongo.await;

import io.heartline.reports.failure.CommandRefusedException;
import io.heartline.reports.failure.DifferentSettingsException;
import io.heartline.reports.progress.Progress;
import io.heartline.reports.progress.ProgressStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/**
 * Replaces the hash secret of the database: all figures stay, and from now on pairs are hashed under this instance's secret. It is
 * one write, so a crash leaves either secret, and a repetition changes nothing. Each report stores the check value of its secret, so
 * no report is changed here.
 */
public final class HashSecretRotation {

    private final DatabaseSettings settings;
    private final ProgressStore progress;
    private final InstantSource clock;
    private final Duration lease;

    /**
     * Creates a rotation, which changes nothing before {@link #rotate} is called.
     *
     * @param settings the settings of this instance, with the new secret
     * @param progress shows which instances have leased partitions
     * @param clock decides which leases have expired
     * @param lease how long an instance that has died keeps its partitions
     */
    public HashSecretRotation(DatabaseSettings settings, ProgressStore progress, InstantSource clock, Duration lease) {
        this.settings = settings;
        this.progress = progress;
        this.clock = clock;
        this.lease = lease;
    }

    /**
     * Makes this instance's secret the one of the database.
     *
     * @return false if it was the one of the database already
     * @throws CommandRefusedException if an instance has leased a partition, or if more than the secret differs
     */
    public boolean rotate() {
        boolean isEqual =
                await(settings.checkOrCreate().thenReturn(true).onErrorReturn(DifferentSettingsException.class, false));
        if (isEqual) {
            return false;
        }
        requireNoActiveLease();
        return await(settings.replaceSecret());
    }

    /** An instance that starts at this moment folds one chunk under the earlier secret, and its reports have that check value. */
    private void requireNoActiveLease() {
        Instant now = clock.instant();
        List<Integer> leased = await(progress.all()).values().stream()
                .filter(current ->
                        current.owner() != null && !ProgressStore.isLeaseExpired(current.leasedUntil(), now, lease))
                .map(Progress::partition)
                .sorted()
                .toList();
        if (!leased.isEmpty()) {
            throw new CommandRefusedException("an instance folds partitions " + leased
                    + ": stop all instances of report-batch, and repeat the command. If an instance was killed, its"
                    + " partitions are free after " + lease.toSeconds() + " s");
        }
    }
}
