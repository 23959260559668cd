package io.heartline.reports.read;

import io.heartline.events.Position;
import io.heartline.reports.run.HighWatermarks;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.util.retry.Retry;

/**
 * Finds positions that lie beyond the end of the log. One question to Kafka answers all requests that have arrived before it
 * begins; later requests wait for the next question. Thread-safe. Only a thread of its own waits for Kafka.
 */
final class LogEndWatch implements AutoCloseable {

    private static final Logger logger = LoggerFactory.getLogger(LogEndWatch.class);

    /** Much longer than a question waits for the one before it. */
    private static final Duration LOST = Duration.ofMinutes(1);

    private final Function<Set<Integer>, HighWatermarks.Answer> kafka;
    private final Pace pace;
    private final Scheduler thread;
    private final LongSupplier nanoTime;
    private final Map<Integer, End> newest = new ConcurrentHashMap<>(); // by partition; only those that the topic has
    private @Nullable Question next; // has not begun; guarded by this
    private long due; // in nanoseconds; confined to the thread, as is isSilent
    private boolean isSilent;

    /**
     * The maximum rate of questions.
     *
     * @param interval from the beginning of a question to the beginning of the next one
     * @param pause from the end of a question without an answer to the beginning of the next one
     */
    record Pace(Duration interval, Duration pause) {}

    /** @param offset exclusive */
    private record End(String epoch, long offset) {

        boolean isBefore(Position position) {
            return epoch.equals(position.epoch()) && offset < position.next();
        }

        boolean includes(Position position) {
            return epoch.equals(position.epoch()) && offset >= position.next();
        }
    }

    /**
     * @param kafka asks for the ends of some partitions; blocks
     * @param thread a scheduler with a single thread, which {@link #close} disposes of
     */
    LogEndWatch(
            Function<Set<Integer>, HighWatermarks.Answer> kafka, Pace pace, Scheduler thread, LongSupplier nanoTime) {
        this.kafka = kafka;
        this.pace = pace;
        this.thread = thread;
        this.nanoTime = nanoTime;
        this.due = nanoTime.getAsLong();
        thread.schedule(() -> {}); // starts the thread: later there may be no memory for one
    }

    /**
     * Returns the last position of the log if it is before the given one. The answer of Kafka that proves it is to a question
     * which began after the subscription. Completes empty if the log has the position, if Kafka has another log, or nothing of
     * the partition. While Kafka does not answer, nothing is emitted.
     */
    Mono<Position> lastBefore(Position position) {
        return Mono.defer(() -> isKnown(position) ? Mono.empty() : join(position.partition()))
                .retryWhen(Retry.indefinitely().filter(NoAnswerException.class::isInstance))
                .onErrorComplete() // the instance stops
                .mapNotNull(answer -> lastBefore(position, answer));
    }

    private boolean isKnown(Position position) {
        End end = newest.get(position.partition());
        return end != null && end.includes(position);
    }

    private static @Nullable Position lastBefore(Position position, HighWatermarks.Answer answer) {
        Long end = answer.ends().get(position.partition());
        return end != null && new End(answer.epoch(), end).isBefore(position)
                ? new Position(answer.epoch(), position.partition(), end - 1)
                : null;
    }

    private synchronized Mono<HighWatermarks.Answer> join(int partition) {
        long now = nanoTime.getAsLong();
        if (next == null || next.isLost(now)) {
            next = new Question(now);
        }
        next.partitions.add(partition);
        return next.answer;
    }

    private synchronized Set<Integer> begin(Question question) {
        if (next == question) {
            next = null;
        }
        return Set.copyOf(question.partitions);
    }

    /** A question that is asked once, as soon as it is due. Every request that has joined it gets the answer. */
    private final class Question {

        private final Set<Integer> partitions = new HashSet<>(); // guarded by the watch
        private final Mono<HighWatermarks.Answer> answer = Mono.defer(() -> Mono.delay(untilDue(), thread))
                .subscribeOn(thread)
                .map(later -> ask(begin(this)))
                .cache();
        private final long created;

        Question(long created) {
            this.created = created;
        }

        /** Returns whether an Error, such as one for want of memory, has ended its task before it began. Nothing answers it. */
        boolean isLost(long now) {
            return now - created > LOST.toNanos();
        }
    }

    private Duration untilDue() {
        return Duration.ofNanos(Math.max(0, due - nanoTime.getAsLong()));
    }

    private HighWatermarks.Answer ask(Set<Integer> partitions) {
        due = nanoTime.getAsLong() + pace.interval().toNanos();
        try {
            HighWatermarks.Answer answer = kafka.apply(partitions);
            answer.ends().forEach((partition, offset) -> newest.put(partition, new End(answer.epoch(), offset)));
            if (isSilent) {
                logger.info("Kafka answers again where the log ends");
                isSilent = false;
            }
            return answer;
        } catch (RuntimeException | Error e) { // Reactor throws some Errors instead of signalling them
            due = nanoTime.getAsLong() + pace.pause().toNanos();
            if (!isSilent) {
                logger.warn(
                        "Kafka does not answer where the log ends, so no request for a position beyond it is refused: {}",
                        e.toString());
                isSilent = true;
            }
            throw new NoAnswerException();
        }
    }

    /** Kafka did not answer a question. The reason has been logged. */
    private static final class NoAnswerException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        NoAnswerException() {
            super("Kafka did not answer", null, false, false);
        }
    }

    /** Ends the thread. Requests that wait are no longer refused. */
    @Override
    public void close() {
        thread.dispose();
    }
}
