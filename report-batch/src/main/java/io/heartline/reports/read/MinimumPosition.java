package io.heartline.reports.read;

import io.heartline.events.LikesLog;
import io.heartline.events.Position;
import io.heartline.reports.fold.ReportStore.ReportProgress;
import io.heartline.reports.progress.Progress;
import io.heartline.web.problem.InvalidParameterException;
import java.time.Duration;
import java.util.Map;

/**
 * What a reader has seen, and wants to find in the report.
 *
 * @param timeout how long to wait for the run that includes it; zero is not at all
 * @param caller the name under which limits count the request
 */
public record MinimumPosition(Position position, Duration timeout, String caller) {

    /** @throws InvalidParameterException if no event of the author can stand there */
    void requirePartitionOf(String authorId, Map<Integer, Progress> progress) {
        boolean isOtherPartition = progress.values().stream()
                .filter(partitionProgress -> partitionProgress.epoch().equals(position.epoch()))
                .anyMatch(partitionProgress ->
                        LikesLog.partitionOf(authorId, partitionProgress.partitions()) != position.partition());
        if (isOtherPartition) {
            throw new InvalidParameterException("atLeast", "must be a position of this author's likes");
        }
    }

    /** Whether the job has read past it. */
    boolean isIncludedIn(Map<Integer, Progress> progress) {
        Progress partitionProgress = progress.get(position.partition());
        return partitionProgress != null
                && partitionProgress.epoch().equals(position.epoch())
                && partitionProgress.next() >= position.nextOffset();
    }

    /** Whether the author's report holds it, though the job has not said so yet: a report is saved a moment before. */
    boolean isIncludedIn(ReportProgress report, Progress partition) {
        return report.epoch().equals(position.epoch())
                && report.epoch().equals(partition.epoch())
                && report.generation() == partition.generation()
                && report.next() >= position.nextOffset();
    }

    /** Whether the reports are of another log, so that no run to come will include it. */
    boolean isOfAnotherLog(Map<Integer, Progress> progress) {
        return !progress.isEmpty()
                && progress.values().stream()
                        .noneMatch(
                                partitionProgress -> partitionProgress.epoch().equals(position.epoch()));
    }
}
