package io.heartline.reports.read;

import com.mongodb.reactivestreams.client.ClientSession;
import io.heartline.reports.http.RefusalMetrics;
import io.heartline.reports.progress.Progress;
import io.heartline.web.limit.ConcurrencyLimit;
import io.heartline.web.problem.ApiException;
import io.micrometer.core.instrument.Counter;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.scheduling.support.CronExpression;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The freshness of the reports: whether they include a minimum position. Also waits for the run that includes it. */
public final class Freshness {

    private static final Duration RETRY_AFTER_WITHOUT_SCHEDULE = Duration.ofSeconds(10);
    private static final Duration MAX_RETRY_AFTER = Duration.ofMinutes(5);
    private static final Duration EXPECTED_RUN_DURATION = Duration.ofSeconds(1);

    private static final Duration RECENT = Duration.ofSeconds(1);

    private final RecentProgress progress;
    private final Mono<Map<Integer, Progress>> recentProgress;
    private final ProgressPoller poller;
    private final SharedLogEndLookup logEnds;
    private final ConcurrencyLimit waitLimit;
    private final Counter beyondEndCounter;
    private final CronExpression schedule;
    private final InstantSource clock;

    /**
     * Creates the freshness of one database's reports.
     *
     * @param progress reads progress
     * @param poller reads progress while requests wait
     * @param logEnds finds positions beyond the log end
     * @param waitLimit limits the requests that wait
     * @param refusals counts the requests for a position beyond the log end
     * @param schedule the schedule of runs: a cron expression, or {@code -} if this instance schedules none
     * @param clock the time from which the next run is computed
     */
    public Freshness(
            RecentProgress progress,
            ProgressPoller poller,
            SharedLogEndLookup logEnds,
            ConcurrencyLimit waitLimit,
            RefusalMetrics refusals,
            String schedule,
            InstantSource clock) {
        this.progress = progress;
        this.recentProgress = currentProgress(null).cache(read -> RECENT, e -> Duration.ZERO, () -> Duration.ZERO);
        this.poller = poller;
        this.logEnds = logEnds;
        this.waitLimit = waitLimit;
        this.beyondEndCounter = refusals.counter("beyond-end");
        this.schedule = schedule.equals("-") ? null : CronExpression.parse(schedule);
        this.clock = clock;
    }

    /**
     * Reads the current progress. A report that is read later in the same session includes at least this progress.
     *
     * @param session null for no session
     */
    Mono<Map<Integer, Progress>> currentProgress(@Nullable ClientSession session) {
        return progress.read(session).map(RecentProgress.Snapshot::progress);
    }

    /**
     * Returns progress that includes a position. Fails with the status 412 if progress does not include the position in
     * time, or if the log does not contain it. Fails with 503 or 429 if too many requests wait already.
     *
     * @param minimum null if any progress is sufficient
     * @param session null for no session
     */
    Mono<Map<Integer, Progress>> progressIncluding(
            String authorId, MinimumPosition minimum, @Nullable ClientSession session) {
        if (minimum == null) {
            return currentProgress(session);
        }
        return currentProgress(session).flatMap(current -> {
            minimum.requirePartitionOf(authorId, current);
            if (minimum.isIncludedIn(current)) {
                return Mono.just(current);
            }
            if (minimum.isOfAnotherLog(current) || minimum.timeout().isZero()) {
                return Mono.error(notIncluded(authorId, minimum, current));
            }
            return await(authorId, minimum, current, session);
        });
    }

    /**
     * Refuses a stream while MongoDB does not answer. Requests of the same second share a read.
     *
     * @param <T> the type of an item
     * @param stream subscribed to once MongoDB has answered
     * @return the stream; fails with MongoDB's exception
     */
    public <T> Flux<T> requireDatabase(Flux<T> stream) {
        return recentProgress.thenMany(stream);
    }

    /**
     * Refuses a stream whose first item waits for a position, if no report will include that position. Fails with 400 if the position is
     * of another partition than the author's. Fails with 412 if it is of another log, or lies beyond the end of the log.
     *
     * @param <T> the type of an item
     * @param authorId the author
     * @param minimum the position
     * @param stream subscribed to unless the request is refused immediately
     * @return the stream, which is cancelled if the request is refused before its first item
     */
    public <T> Flux<T> refuseImpossible(String authorId, MinimumPosition minimum, Flux<T> stream) {
        return currentProgress(null).flatMapMany(current -> {
            minimum.requirePartitionOf(authorId, current);
            if (minimum.isIncludedIn(current)) {
                return stream;
            }
            return minimum.isOfAnotherLog(current)
                    ? Flux.error(notIncluded(authorId, minimum, current))
                    : Flux.firstWithSignal(
                            stream,
                            this.refuseBeyondLogEnd(authorId, minimum, current).thenMany(Flux.never()));
        });
    }

    private Mono<Map<Integer, Progress>> await(
            String authorId, MinimumPosition minimum, Map<Integer, Progress> current, @Nullable ClientSession session) {
        return Mono.using(
                () -> waitLimit.acquire(minimum.caller()),
                permit -> Mono.firstWithSignal(
                        awaitIncluded(authorId, minimum, session), refuseBeyondLogEnd(authorId, minimum, current)),
                ConcurrencyLimit.Permit::release);
    }

    /** Fails if the log ends before the position. Otherwise never ends, because a run may include the position. */
    private Mono<Map<Integer, Progress>> refuseBeyondLogEnd(
            String authorId, MinimumPosition minimum, Map<Integer, Progress> current) {
        return logEnds.lastPositionBefore(minimum.position())
                .<Map<Integer, Progress>>flatMap(lastPosition -> {
                    beyondEndCounter.increment();
                    String reason = " lies beyond the end of the log, which is " + lastPosition + ".";
                    return Mono.error(notIncluded(authorId, minimum, reason, current));
                })
                .switchIfEmpty(Mono.never());
    }

    private Mono<Map<Integer, Progress>> awaitIncluded(
            String authorId, MinimumPosition minimum, @Nullable ClientSession session) {
        return poller.await(
                        current -> minimum.isIncludedIn(current) || minimum.isOfAnotherLog(current), minimum.timeout())
                .flatMap(current ->
                        session == null ? Mono.just(current) : currentProgress(session)) // the poller uses no session
                .switchIfEmpty(Mono.defer(() -> currentProgress(session)))
                .flatMap(current -> {
                    minimum.requirePartitionOf(authorId, current); // the first check may have had no progress
                    return minimum.isIncludedIn(current)
                            ? Mono.just(current)
                            : Mono.error(notIncluded(authorId, minimum, current));
                });
    }

    private ApiException notIncluded(String authorId, MinimumPosition minimum, Map<Integer, Progress> current) {
        String reason = minimum.isOfAnotherLog(current)
                ? " is a position of another log than the reports are of."
                : " is not included yet.";
        return notIncluded(authorId, minimum, reason, current);
    }

    /**
     * Returns an error with the status 412.
     *
     * @param reason the rest of a sentence that starts with the position
     */
    private ApiException notIncluded(
            String authorId, MinimumPosition minimum, String reason, Map<Integer, Progress> current) {
        return ApiException.retryLater(
                        HttpStatus.PRECONDITION_FAILED,
                        minimum.position() + reason,
                        retryAfter().truncatedTo(ChronoUnit.SECONDS))
                .with("through", ReportView.through(authorId, current));
    }

    /** Returns the time until the next run has probably ended. */
    private Duration retryAfter() {
        if (schedule == null) {
            return RETRY_AFTER_WITHOUT_SCHEDULE;
        }
        ZonedDateTime now = clock.instant().atZone(ZoneId.systemDefault()); // as the scheduler does
        ZonedDateTime nextRun = schedule.next(now);
        Duration delay = nextRun == null
                ? MAX_RETRY_AFTER
                : Duration.between(now, nextRun).plus(EXPECTED_RUN_DURATION);
        return delay.compareTo(MAX_RETRY_AFTER) > 0 ? MAX_RETRY_AFTER : delay;
    }
}
