package io.heartline.reports.read;

import io.heartline.events.LikesLog;
import io.heartline.events.Position;
import io.heartline.reports.fold.ReportStore.ReportProgress;
import io.heartline.reports.progress.Progress;
import io.heartline.web.problem.InvalidParameterException;
import java.time.Duration;
import java.util.Map;

/**
 * The position that a report has to include.
 *
 * @param position the position
 * @param timeout how long to wait for the run that includes the position; zero for no wait
 * @param caller the name under which limits count the request
 */
public record MinimumPosition(Position position, Duration timeout, String caller) {

    /**
     * Checks that the position can be of an event of this author.
     *
     * @throws InvalidParameterException if the author's events are in another partition
     */
    void requirePartitionOf(String authorId, Map<Integer, Progress> progress) {
        boolean isOtherPartition = progress.values().stream()
                .filter(partitionProgress -> partitionProgress.epoch().equals(position.epoch()))
                .anyMatch(partitionProgress ->
                        LikesLog.partitionOf(authorId, partitionProgress.partitions()) != position.partition());
        if (isOtherPartition) {
            throw new InvalidParameterException("atLeast", "must be a position of this author's likes");
        }
    }

    /** Returns whether the batch has folded the record at the position. */
    boolean isIncludedIn(Map<Integer, Progress> progress) {
        Progress partitionProgress = progress.get(position.partition());
        return partitionProgress != null
                && partitionProgress.epoch().equals(position.epoch())
                && partitionProgress.next() >= position.nextOffset();
    }

    /**
     * Returns whether the author's report includes the position. A report is saved shortly before progress, so progress
     * may not include it yet.
     */
    boolean isIncludedIn(ReportProgress report, Progress partition) {
        return report.epoch().equals(position.epoch())
                && report.epoch().equals(partition.epoch())
                && report.generation() == partition.generation()
                && report.next() >= position.nextOffset();
    }

    /** Returns whether the reports are of another log, so that no later run will include the position. */
    boolean isOfAnotherLog(Map<Integer, Progress> progress) {
        return !progress.isEmpty()
                && progress.values().stream()
                        .noneMatch(
                                partitionProgress -> partitionProgress.epoch().equals(position.epoch()));
    }
}
