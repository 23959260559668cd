package io.heartline.reports.run;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.springframework.data.annotation.Id;
import org.springframework.data.mongodb.core.mapping.Document;

/**
 * One pull of the topic: from where its partitions stood to the end offsets seen at its start. It is done when progress
 * has reached those, whoever folded them.
 *
 * @param trigger {@code schedule} or {@code request}
 * @param startedAt null while it waits for the run before it
 * @param from the first offset to fold, by partition
 * @param target the end offset, by partition; null until it is known
 * @param error why it failed, or null
 */
@Document("runs")
public record Run(
        @Id String id,
        String trigger,
        Instant requestedAt,
        Instant startedAt,
        Instant finishedAt,
        String epoch,
        List<Long> from,
        List<Long> target,
        String error) {

    /** Where a run stands. */
    public enum Status {
        running,
        done,
        failed
    }

    /**
     * A run as {@code /v1/runs} shows it.
     *
     * @param etaSeconds until it is done at the present rate; null when unknown
     */
    public record View(
            String id,
            Status status,
            String trigger,
            Instant requestedAt,
            Instant startedAt,
            Instant finishedAt,
            Long recordsDone,
            Long recordsTotal,
            Long recordsPerSecond,
            Long etaSeconds,
            String error) {}

    static Run requested(String id, String trigger, Instant now) {
        return new Run(id, trigger, now, null, null, null, null, null, null);
    }

    Run triggeredBy(String other) {
        return new Run(id, other, requestedAt, startedAt, finishedAt, epoch, from, target, error);
    }

    Run started(Instant now) {
        return new Run(id, trigger, requestedAt, now, null, null, null, null, null);
    }

    Run planned(String logEpoch, List<Long> starts, List<Long> ends) {
        return new Run(id, trigger, requestedAt, startedAt, null, logEpoch, starts, ends, null);
    }

    Run finished(Instant now) {
        return new Run(id, trigger, requestedAt, startedAt, now, epoch, from, target, null);
    }

    Run failed(Instant now, String why) {
        return new Run(id, trigger, requestedAt, startedAt, now, epoch, from, target, why);
    }

    /** Derived from progress rather than remembered, so that it holds whichever instance folds and whoever asks. */
    View view(Map<Integer, Progress> progress, Instant now) {
        Long total = target == null ? null : 0L;
        Long done = total;
        if (target != null) {
            for (int partition = 0; partition < target.size(); partition++) {
                long start = from.get(partition);
                Progress at = progress.get(partition);
                long reached = at == null || !at.epoch().equals(epoch) ? start : at.next();
                total += target.get(partition) - start;
                done += Math.max(start, Math.min(reached, target.get(partition))) - start;
            }
        }
        Status status = status(done, total);
        Long rate = null;
        Long eta = null;
        if (startedAt != null && done != null && done > 0) {
            long millis = Duration.between(startedAt, finishedAt == null ? now : finishedAt)
                    .toMillis();
            rate = done * 1000 / Math.max(1, millis);
            eta = status == Status.running && rate > 0 ? Long.valueOf((total - done) / rate) : null;
        }
        return new View(id, status, trigger, requestedAt, startedAt, finishedAt, done, total, rate, eta, error);
    }

    long millis() {
        return Duration.between(startedAt, finishedAt).toMillis();
    }

    private Status status(Long done, Long total) {
        if (error != null) {
            return Status.failed;
        }
        return finishedAt != null || total != null && done.equals(total) ? Status.done : Status.running;
    }
}
