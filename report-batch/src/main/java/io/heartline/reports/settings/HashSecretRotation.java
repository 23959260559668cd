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
 * What an operator asks for when the hash secret is new: all figures stay, and from now on a pair counts under this instance's
 * secret. It is one write, so a crash leaves either secret, and repeating it changes nothing. Each report says which secret it
 * was folded under, so no report is touched here.
 */
public final class HashSecretRotation {

    private final DatabaseSettings settings;
    private final ProgressStore progress;
    private final InstantSource clock;
    private final Duration lease;

    /** @param lease how long a partition belongs to an instance that has died */
    public HashSecretRotation(DatabaseSettings settings, ProgressStore progress, InstantSource clock, Duration lease) {
        this.settings = settings;
        this.progress = progress;
        this.clock = clock;
        this.lease = lease;
    }

    /**
     * Makes this instance's secret the database's.
     *
     * @return false if it was the database's already
     * @throws CommandRefusedException if an instance folds a partition now, or if more than the secret is different
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

    /** An instance that begins at this very moment folds one chunk under the earlier secret, and its reports say so. */
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
