package io.heartline.reports.run;

import static io.heartline.reports.run.MongoCalls.await;

import io.heartline.reports.DifferentSettingsException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/**
 * What an operator asks for when the hash secret is new: all figures stay, and from now on a pair counts under this instance's
 * secret. It is one write, so a crash leaves either secret, and repeating it changes nothing. Each report says which secret it
 * was folded under, so no report is touched here.
 */
public final class SecretAcceptance {

    private final DatabaseSettings settings;
    private final ProgressStore progress;
    private final InstantSource clock;
    private final Duration lease;

    /** @param lease how long a partition belongs to an instance that has died */
    SecretAcceptance(DatabaseSettings settings, ProgressStore progress, InstantSource clock, Duration lease) {
        this.settings = settings;
        this.progress = progress;
        this.clock = clock;
        this.lease = lease;
    }

    /**
     * Makes this instance's secret the database's.
     *
     * @return false if it was the database's already
     * @throws NotAcceptableException if an instance folds a partition now, or if more than the secret is different
     */
    public boolean accept() {
        boolean isSame =
                await(settings.check().thenReturn(true).onErrorReturn(DifferentSettingsException.class, false));
        if (isSame) {
            return false;
        }
        requireNoFold();
        return await(settings.acceptSecret());
    }

    /** An instance that begins at this very moment folds one chunk under the earlier secret, and its reports say so. */
    private void requireNoFold() {
        Instant now = clock.instant();
        List<Integer> folded = await(progress.all()).values().stream()
                .filter(at -> at.owner() != null && !ProgressStore.isOver(at.leasedUntil(), now, lease))
                .map(Progress::partition)
                .sorted()
                .toList();
        if (!folded.isEmpty()) {
            throw new NotAcceptableException("an instance folds partitions " + folded
                    + ": stop all instances of report-batch, and repeat the command. If an instance was killed, its"
                    + " partitions are free after " + lease.toSeconds() + " s");
        }
    }
}
