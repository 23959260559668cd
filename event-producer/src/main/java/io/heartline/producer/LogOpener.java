package io.heartline.producer;

import io.heartline.events.LikesLog;
import io.heartline.producer.ProducerSettings.Topic;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.core.ProducerFactory;

/**
 * Opens the log, and looks at its topic in intervals. Its thread may wait for Kafka, which no other thread of this service
 * may. However many likes wait for the log, only this thread asks Kafka.
 */
final class LogOpener implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(LogOpener.class);

    private static final Duration RETRY = Duration.ofMillis(200);
    private static final Duration GRACE = Duration.ofSeconds(2);
    private static final Duration PROBATION = Duration.ofSeconds(30);

    private final LikeSenders senders;
    private final TopicLookup topics;
    private final String topic;
    private final Duration interval;
    private final Thread thread = new Thread(this::run, "likes-log");

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean nudged;
    private boolean closing;
    private CompletableFuture<OpenLog> opening = new CompletableFuture<>();
    private volatile OpenLog current;
    private volatile Throwable lookFailure = new KafkaException("Kafka has not answered yet");
    private volatile Incident closed;
    private volatile Incident unproven;

    private LikesLog known; // used by the thread only

    /** @param nanos when it happened, as {@link System#nanoTime()} returns it */
    private record Incident(long nanos, String why) {

        boolean isWithin(Duration age) {
            return System.nanoTime() - nanos < age.toNanos();
        }
    }

    /** @param interval how often the topic is looked at while the log is open */
    LogOpener(
            ProducerFactory<byte[], byte[]> producers, Map<String, Object> connection, Topic topic, Duration interval) {
        this.senders = new LikeSenders(producers, topic.name());
        this.topics = new TopicLookup(connection, topic);
        this.topic = topic.name();
        this.interval = interval;
    }

    void start() {
        thread.setDaemon(true);
        thread.start();
    }

    /** Returns the log, or null while it is not open. */
    @Nullable
    OpenLog current() {
        return current;
    }

    /** The log once it is open, which may be never. */
    CompletableFuture<OpenLog> opened() {
        lock.lock();
        try {
            return opening.copy();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Returns why likes cannot be logged at the moment. A log that is closed for less than {@link #GRACE} is not a reason: it
     * is usually open again after a few milliseconds, and likes wait for it.
     *
     * @return null if likes can be logged
     */
    @Nullable
    Throwable failure() {
        Throwable failed = lookFailure;
        if (failed != null) {
            return failed;
        }
        if (!thread.isAlive()) {
            return new IllegalStateException("the thread " + thread.getName() + " has ended");
        }
        if (senders.isDead()) {
            return deadSender();
        }
        Incident closing = closed;
        if (closing != null && !closing.isWithin(GRACE)) {
            return new KafkaException("the log is closed, and was not opened again: " + closing.why());
        }
        // each log that is opened fails with its first like: ready only for a try now and then
        Incident failing = unproven;
        OpenLog open = current;
        if (failing != null && failing.isWithin(PROBATION) && (open == null || !open.hasAcknowledged())) {
            return new KafkaException("Kafka has acknowledged no like since the log was opened: " + failing.why());
        }
        return null;
    }

    private static KafkaException deadSender() {
        return new KafkaException("the thread of Kafka's producer has ended");
    }

    /** Returns how many likes were taken and not settled. */
    long inFlight() {
        return senders.inFlight();
    }

    /** Closes the log until the topic has been looked at, because it may be another one by now. */
    void doubt(OpenLog doubtful) {
        close(doubtful, "the topic has to be looked at again");
    }

    /** Replaces a producer that cannot be used any more, unless it is replaced already. */
    void replace(OpenLog failed, Exception why) {
        if (senders.fail(failed.sender()) && refused(failed, why)) {
            log.warn("the Kafka producer has failed for good and is replaced: {}", why.toString());
        }
    }

    /**
     * Closes the log until the topic has been looked at, because Kafka refused a like for a reason that the next like may
     * meet, too.
     *
     * @return whether the log was open
     */
    boolean refused(OpenLog open, Exception why) {
        boolean isFirst = close(open, why.toString());
        if (isFirst && !open.hasAcknowledged()) {
            unproven = new Incident(System.nanoTime(), why.toString());
        }
        return isFirst;
    }

    private boolean close(OpenLog open, String why) {
        lock.lock();
        try {
            boolean isFirst = open != null && current == open;
            if (isFirst) {
                closed = new Incident(System.nanoTime(), why);
                current = null;
                opening = new CompletableFuture<>();
                nudged = true;
                changed.signal();
            }
            return isFirst;
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        try {
            do {
                look();
            } while (awaitNextTime());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            topics.close();
        }
    }

    private boolean awaitNextTime() throws InterruptedException {
        lock.lock();
        try {
            if (!nudged && !closing) {
                Duration pause = current == null && interval.compareTo(RETRY) > 0 ? RETRY : interval;
                changed.await(pause.toMillis(), TimeUnit.MILLISECONDS);
            }
            nudged = false;
            return !closing;
        } finally {
            lock.unlock();
        }
    }

    /** Notes every failure, also an Error, so that the thread goes on: no other thread can open the log. */
    private void look() throws InterruptedException {
        try {
            LikesLog found = topics.find(known == null);
            requireSamePartitions(found);
            topics.check(found);
            OpenLog open = current;
            if (open != null && senders.isDead()) {
                replace(open, deadSender());
            }
            if (current == null || !current.log().equals(found)) {
                open(found);
            }
            lookFailure = null;
        } catch (InterruptedException e) {
            throw e;
        } catch (UnusableTopicException e) {
            close(current, e.getMessage());
            note(e);
        } catch (Throwable e) {
            note(e instanceof ExecutionException && e.getCause() != null ? e.getCause() : e);
        }
    }

    private void note(Throwable failure) {
        Throwable before = lookFailure;
        lookFailure = failure; // first, because logging may fail for the same reason
        if (!kind(failure).equals(kind(before))) {
            log.warn("topic {}: {}", topic, failure.toString());
        }
    }

    /** Returns what is logged once. Messages of Kafka's exceptions may contain times, and so differ each time. */
    private static String kind(@Nullable Throwable failure) {
        return failure == null || failure instanceof UnusableTopicException
                ? String.valueOf(failure)
                : failure.getClass().getName();
    }

    /** With another count, authors would be in other partitions, and their order lost. */
    private void requireSamePartitions(LikesLog found) {
        if (known != null && found.id().equals(known.id()) && found.partitions() != known.partitions()) {
            throw new UnusableTopicException("it has " + found.partitions() + " partitions and not "
                    + known.partitions() + " as when it was opened: a log's partitions are for its life");
        }
    }

    private void open(LikesLog found) throws InterruptedException {
        LikeSender sender = senders.ready();
        known = found;
        OpenLog open = new OpenLog(found, sender);
        lock.lock();
        try {
            current = open;
            closed = null;
            if (!opening.complete(open)) { // it was open: this is another log under the same name
                opening = CompletableFuture.completedFuture(open);
            }
        } finally {
            lock.unlock();
        }
        log.info("topic {} has {} partitions (epoch {})", found.topic(), found.partitions(), found.epoch());
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closing = true;
            changed.signal();
        } finally {
            lock.unlock();
        }
        thread.interrupt(); // it may be waiting for a Kafka that is down
    }
}
