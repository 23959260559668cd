package io.heartline.reports.read;

import io.heartline.events.LikesLog;
import io.heartline.events.Position;
import io.heartline.reports.InvalidParameterException;
import io.heartline.reports.fold.ReportStore.Folded;
import io.heartline.reports.run.Progress;
import java.time.Duration;
import java.util.Map;

/**
 * What a reader has seen, and wants to find in the report.
 *
 * @param patience how long to wait for the run that includes it; zero is not at all
 * @param caller the name under which limits count the request
 */
record AtLeast(Position position, Duration patience, String caller) {

    /** @throws InvalidParameterException if no event of the author can stand there */
    void requireOneOf(String authorId, Map<Integer, Progress> progress) {
        boolean isAnothers = progress.values().stream()
                .filter(at -> at.epoch().equals(position.epoch()))
                .anyMatch(at -> LikesLog.partitionOf(authorId, at.partitions()) != position.partition());
        if (isAnothers) {
            throw new InvalidParameterException("atLeast", "must be a position of this author's likes");
        }
    }

    /** Whether the job has read past it. */
    boolean isIn(Map<Integer, Progress> progress) {
        Progress at = progress.get(position.partition());
        return at != null && at.epoch().equals(position.epoch()) && at.next() >= position.next();
    }

    /** Whether the author's report holds it, though the job has not said so yet: a report is saved a moment before. */
    boolean isIn(Folded report, Progress partition) {
        return report.epoch().equals(position.epoch())
                && report.epoch().equals(partition.epoch())
                && report.generation() == partition.generation()
                && report.next() >= position.next();
    }

    /** Whether the reports are of another log, so that no run to come will include it. */
    boolean isOfAnotherLog(Map<Integer, Progress> progress) {
        return !progress.isEmpty()
                && progress.values().stream().noneMatch(at -> at.epoch().equals(position.epoch()));
    }
}
