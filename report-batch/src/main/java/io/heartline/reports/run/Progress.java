package io.heartline.reports.run;

import java.time.Instant;
import org.springframework.data.annotation.Id;
import org.springframework.data.mongodb.core.mapping.Document;

/**
 * How far one partition is folded: the authority on it.
 *
 * @param epoch of the log that {@code next} counts in
 * @param partitions of that log
 * @param next the first offset that is not folded yet
 * @param leaderEpoch of the last record folded, by which Kafka tells a log that was rewritten behind our back; or null
 * @param asOf everything logged up to then is folded; null until a run has reached the partition's end once
 */
@Document("progress")
public record Progress(@Id int partition, String epoch, int partitions, long next, Integer leaderEpoch, Instant asOf) {

    Progress upTo(long offset, Integer lastLeaderEpoch) {
        return new Progress(
                partition, epoch, partitions, offset, lastLeaderEpoch == null ? leaderEpoch : lastLeaderEpoch, asOf);
    }

    Progress asOf(Instant instant) {
        return new Progress(
                partition,
                epoch,
                partitions,
                next,
                leaderEpoch,
                asOf == null || asOf.isBefore(instant) ? instant : asOf);
    }
}
