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
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.scheduling.support.CronExpression;
import reactor.core.publisher.Mono;

/** How far the reports are, and whether that is far enough for who asks. */
public final class Freshness {

    private static final Duration RETRY_AFTER_WITHOUT_SCHEDULE = Duration.ofSeconds(10);
    private static final Duration MAX_RETRY_AFTER = Duration.ofMinutes(5);
    private static final Duration EXPECTED_RUN_DURATION = Duration.ofSeconds(1);

    private final Function<@Nullable ClientSession, Mono<Map<Integer, Progress>>> progress;
    private final ProgressPoller poller;
    private final SharedLogEndLookup logEnds;
    private final ConcurrencyLimit waitLimit;
    private final Counter beyondEndCounter;
    private final CronExpression schedule;
    private final InstantSource clock;

    /**
     * @param progress reads it in a session, or in none
     * @param waitLimit limits the requests that wait
     * @param schedule of the runs: a cron expression, or {@code -} for none by this instance
     */
    public Freshness(
            Function<@Nullable ClientSession, Mono<Map<Integer, Progress>>> progress,
            ProgressPoller poller,
            SharedLogEndLookup logEnds,
            ConcurrencyLimit waitLimit,
            RefusalMetrics refusals,
            String schedule,
            InstantSource clock) {
        this.progress = progress;
        this.poller = poller;
        this.logEnds = logEnds;
        this.waitLimit = waitLimit;
        this.beyondEndCounter = refusals.counter("beyond-end");
        this.schedule = schedule.equals("-") ? null : CronExpression.parse(schedule);
        this.clock = clock;
    }

    /** Progress as it stands. A report that is read after it in the same session holds at least what it promises. */
    Mono<Map<Integer, Progress>> currentProgress(@Nullable ClientSession session) {
        return progress.apply(session);
    }

    /**
     * Returns progress that includes a position. Fails with the status 412 if it does not include the position in time, or if the
     * log does not have the position. Fails with 503 or 429 if too many requests wait already.
     *
     * @param minimum null if whatever there is will do
     * @param session null for none
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
                .flatMap(current -> session == null
                        ? Mono.just(current)
                        : currentProgress(session)) // the watch looks in no session
                .switchIfEmpty(Mono.defer(() -> currentProgress(session)))
                .flatMap(current -> {
                    minimum.requirePartitionOf(
                            authorId, current); // at first there may have been no progress to tell it by
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

    /** @param reason the end of a sentence that begins with the position */
    private ApiException notIncluded(
            String authorId, MinimumPosition minimum, String reason, Map<Integer, Progress> current) {
        return ApiException.retryLater(
                        HttpStatus.PRECONDITION_FAILED,
                        minimum.position() + reason,
                        retryAfter().truncatedTo(ChronoUnit.SECONDS))
                .with("through", ReportView.through(authorId, current));
    }

    /** When the next run is likely to be done. */
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
