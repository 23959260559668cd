package io.heartline.reports.read;

import com.mongodb.reactivestreams.client.ClientSession;
import io.heartline.reports.BusyException;
import io.heartline.reports.NotIncludedException;
import io.heartline.reports.run.Progress;
import io.micrometer.core.instrument.Counter;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.scheduling.support.CronExpression;
import reactor.core.publisher.Mono;

/** How far the reports are, and whether that is far enough for who asks. */
final class Freshness {

    private static final Duration WITHOUT_SCHEDULE = Duration.ofSeconds(10);
    private static final Duration LONGEST_RETRY = Duration.ofMinutes(5);
    private static final Duration A_RUN_TAKES = Duration.ofSeconds(1);

    private final Function<@Nullable ClientSession, Mono<Map<Integer, Progress>>> progress;
    private final ProgressWatch watch;
    private final LogEndWatch ends;
    private final RequestLimit waiting;
    private final Counter beyondEnd;
    private final CronExpression schedule;
    private final InstantSource clock;

    /**
     * @param progress reads it in a session, or in none
     * @param waiting limits the requests that wait
     * @param schedule of the runs: a cron expression, or {@code -} for none by this instance
     */
    Freshness(
            Function<@Nullable ClientSession, Mono<Map<Integer, Progress>>> progress,
            ProgressWatch watch,
            LogEndWatch ends,
            RequestLimit waiting,
            RefusalMetrics refusals,
            String schedule,
            InstantSource clock) {
        this.progress = progress;
        this.watch = watch;
        this.ends = ends;
        this.waiting = waiting;
        this.beyondEnd = refusals.counter("beyond-end");
        this.schedule = schedule.equals("-") ? null : CronExpression.parse(schedule);
        this.clock = clock;
    }

    /** Progress as it stands. A report that is read after it in the same session holds at least what it promises. */
    Mono<Map<Integer, Progress>> now(@Nullable ClientSession session) {
        return progress.apply(session);
    }

    /**
     * Progress that includes what is asked for. Fails with a {@link NotIncludedException} if it does not, or does not in
     * time, or if the log does not have the position. Fails with a {@link BusyException} if too many requests wait already.
     *
     * @param wanted null if whatever there is will do
     * @param session null for none
     */
    Mono<Map<Integer, Progress>> of(String authorId, AtLeast wanted, @Nullable ClientSession session) {
        if (wanted == null) {
            return now(session);
        }
        return now(session).flatMap(at -> {
            wanted.requireOneOf(authorId, at);
            if (wanted.isIn(at)) {
                return Mono.just(at);
            }
            if (wanted.isOfAnotherLog(at) || wanted.patience().isZero()) {
                return Mono.error(refusal(authorId, wanted, at));
            }
            return awaited(authorId, wanted, at, session);
        });
    }

    private Mono<Map<Integer, Progress>> awaited(
            String authorId, AtLeast wanted, Map<Integer, Progress> at, @Nullable ClientSession session) {
        return Mono.using(
                () -> {
                    waiting.acquire(wanted.caller());
                    return wanted.caller();
                },
                permit -> Mono.firstWithSignal(
                        included(authorId, wanted, session), refusedBeyondEnd(authorId, wanted, at)),
                waiting::release);
    }

    /** Fails if the log ends before the position. Otherwise never ends, because a run may include the position. */
    private Mono<Map<Integer, Progress>> refusedBeyondEnd(String authorId, AtLeast wanted, Map<Integer, Progress> at) {
        return ends.lastBefore(wanted.position())
                .<Map<Integer, Progress>>flatMap(last -> {
                    beyondEnd.increment();
                    String why = " lies beyond the end of the log, which is " + last + ".";
                    return Mono.error(refusal(authorId, wanted, why, at));
                })
                .switchIfEmpty(Mono.never());
    }

    private Mono<Map<Integer, Progress>> included(String authorId, AtLeast wanted, @Nullable ClientSession session) {
        return watch.await(at -> wanted.isIn(at) || wanted.isOfAnotherLog(at), wanted.patience())
                .flatMap(at -> session == null ? Mono.just(at) : now(session)) // the watch looks in no session
                .switchIfEmpty(Mono.defer(() -> now(session)))
                .flatMap(at -> {
                    wanted.requireOneOf(authorId, at); // at first there may have been no progress to tell it by
                    return wanted.isIn(at) ? Mono.just(at) : Mono.error(refusal(authorId, wanted, at));
                });
    }

    private NotIncludedException refusal(String authorId, AtLeast wanted, Map<Integer, Progress> at) {
        String why = wanted.isOfAnotherLog(at)
                ? " is a position of another log than the reports are of."
                : " is not included yet.";
        return refusal(authorId, wanted, why, at);
    }

    /** @param why the end of a sentence that begins with the position */
    private NotIncludedException refusal(String authorId, AtLeast wanted, String why, Map<Integer, Progress> at) {
        return new NotIncludedException(wanted.position() + why, ReportView.through(authorId, at), retryAfter());
    }

    /** When the next run is likely to be done. */
    private Duration retryAfter() {
        if (schedule == null) {
            return WITHOUT_SCHEDULE;
        }
        ZonedDateTime now = clock.instant().atZone(ZoneId.systemDefault()); // as the scheduler does
        ZonedDateTime next = schedule.next(now);
        Duration until =
                next == null ? LONGEST_RETRY : Duration.between(now, next).plus(A_RUN_TAKES);
        return until.compareTo(LONGEST_RETRY) > 0 ? LONGEST_RETRY : until;
    }
}
