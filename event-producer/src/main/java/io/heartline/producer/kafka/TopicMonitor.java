package io.heartline.producer.kafka;

import io.heartline.events.LikesLog;
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
final class TopicMonitor implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(TopicMonitor.class);

    private static final Duration RETRY_INTERVAL = Duration.ofMillis(200);
    private static final Duration OUTAGE_GRACE = Duration.ofSeconds(2);
    private static final Duration UNPROVEN_PERIOD = Duration.ofSeconds(30);

    private final ProducerLifecycle producerLifecycle;
    private final TopicAdmin topicAdmin;
    private final String topic;
    private final Duration checkInterval;
    private final Thread thread = new Thread(this::run, "topic-monitor");

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean isRecheckRequested;
    private boolean isShuttingDown;
    private CompletableFuture<LogSession> nextSession = new CompletableFuture<>();
    private volatile LogSession currentSession;
    private volatile Throwable checkFailure = new KafkaException("Kafka has not answered yet");
    private volatile Outage lastOutage;
    private volatile Outage unprovenFailure;

    private LikesLog lastLog; // used by the thread only

    /** @param nanos when it happened, as {@link System#nanoTime()} returns it */
    private record Outage(long nanos, String reason) {

        boolean isWithin(Duration age) {
            return System.nanoTime() - nanos < age.toNanos();
        }
    }

    /** @param checkInterval how often the topic is looked at while the log is open */
    TopicMonitor(
            ProducerFactory<byte[], byte[]> factory,
            Map<String, Object> adminConfig,
            TopicSettings topic,
            Duration checkInterval) {
        this.producerLifecycle = new ProducerLifecycle(factory, topic.name());
        this.topicAdmin = new TopicAdmin(adminConfig, topic);
        this.topic = topic.name();
        this.checkInterval = checkInterval;
    }

    void start() {
        thread.setDaemon(true);
        thread.start();
    }

    /** Returns the log, or null while it is not open. */
    @Nullable
    LogSession currentSession() {
        return currentSession;
    }

    /** The log once it is open, which may be never. */
    CompletableFuture<LogSession> whenAvailable() {
        lock.lock();
        try {
            return nextSession.copy();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Returns why likes cannot be logged at the moment. A log that is closed for less than {@link #OUTAGE_GRACE} is not a reason: it
     * is usually open again after a few milliseconds, and likes wait for it.
     *
     * @return null if likes can be logged
     */
    @Nullable
    Throwable failure() {
        Throwable failed = checkFailure;
        if (failed != null) {
            return failed;
        }
        if (!thread.isAlive()) {
            return new IllegalStateException("the thread " + thread.getName() + " has ended");
        }
        if (producerLifecycle.isDead()) {
            return producerThreadEnded();
        }
        Outage outage = lastOutage;
        if (outage != null && !outage.isWithin(OUTAGE_GRACE)) {
            return new KafkaException("the log is closed, and was not opened again: " + outage.reason());
        }
        // each log that is opened fails with its first like: ready only for a try now and then
        Outage unproven = unprovenFailure;
        LogSession session = currentSession;
        if (unproven != null && unproven.isWithin(UNPROVEN_PERIOD) && (session == null || !session.hasAcknowledged())) {
            return new KafkaException("Kafka has acknowledged no like since the log was opened: " + unproven.reason());
        }
        return null;
    }

    private static KafkaException producerThreadEnded() {
        return new KafkaException("the thread of Kafka's producer has ended");
    }

    /** Returns how many likes were taken and not settled. */
    long inFlight() {
        return producerLifecycle.inFlight();
    }

    /** Closes the log until the topic has been looked at, because it may be another one by now. */
    void invalidate(LogSession session) {
        close(session, "the topic has to be looked at again");
    }

    /** Replaces a producer that cannot be used any more, unless it is replaced already. */
    void replaceProducer(LogSession failed, Exception reason) {
        if (producerLifecycle.markFailed(failed.producer()) && invalidateAfterRefusal(failed, reason)) {
            log.warn("the Kafka producer has failed for good and is replaced: {}", reason.toString());
        }
    }

    /**
     * Closes the log until the topic has been looked at, because Kafka refused a like for a reason that the next like may
     * meet, too.
     *
     * @return whether the log was open
     */
    boolean invalidateAfterRefusal(LogSession session, Exception reason) {
        boolean isFirst = close(session, reason.toString());
        if (isFirst && !session.hasAcknowledged()) {
            unprovenFailure = new Outage(System.nanoTime(), reason.toString());
        }
        return isFirst;
    }

    private boolean close(LogSession session, String reason) {
        lock.lock();
        try {
            boolean isFirst = session != null && currentSession == session;
            if (isFirst) {
                lastOutage = new Outage(System.nanoTime(), reason);
                currentSession = null;
                nextSession = new CompletableFuture<>();
                isRecheckRequested = true;
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
                checkTopic();
            } while (awaitNextCheck());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            topicAdmin.close();
        }
    }

    private boolean awaitNextCheck() throws InterruptedException {
        lock.lock();
        try {
            if (!isRecheckRequested && !isShuttingDown) {
                Duration pause = currentSession == null && checkInterval.compareTo(RETRY_INTERVAL) > 0
                        ? RETRY_INTERVAL
                        : checkInterval;
                changed.await(pause.toMillis(), TimeUnit.MILLISECONDS);
            }
            isRecheckRequested = false;
            return !isShuttingDown;
        } finally {
            lock.unlock();
        }
    }

    /** Notes every failure, also an Error, so that the thread goes on: no other thread can open the log. */
    private void checkTopic() throws InterruptedException {
        try {
            LikesLog foundLog = topicAdmin.find(lastLog == null);
            requireSamePartitions(foundLog);
            topicAdmin.check(foundLog);
            LogSession session = currentSession;
            if (session != null && producerLifecycle.isDead()) {
                replaceProducer(session, producerThreadEnded());
            }
            if (currentSession == null || !currentSession.log().equals(foundLog)) {
                openSession(foundLog);
            }
            checkFailure = null;
        } catch (InterruptedException e) {
            throw e;
        } catch (UnusableTopicException e) {
            close(currentSession, e.getMessage());
            recordFailure(e);
        } catch (Throwable e) {
            recordFailure(e instanceof ExecutionException && e.getCause() != null ? e.getCause() : e);
        }
    }

    private void recordFailure(Throwable failure) {
        Throwable before = checkFailure;
        checkFailure = failure; // first, because logging may fail for the same reason
        if (!logKey(failure).equals(logKey(before))) {
            log.warn("topic {}: {}", topic, failure.toString());
        }
    }

    /** Returns what is logged once. Messages of Kafka's exceptions may contain times, and so differ each time. */
    private static String logKey(@Nullable Throwable failure) {
        return failure == null || failure instanceof UnusableTopicException
                ? String.valueOf(failure)
                : failure.getClass().getName();
    }

    /** With another count, authors would be in other partitions, and their order lost. */
    private void requireSamePartitions(LikesLog foundLog) {
        if (lastLog != null && foundLog.id().equals(lastLog.id()) && foundLog.partitions() != lastLog.partitions()) {
            throw new UnusableTopicException("it has " + foundLog.partitions() + " partitions and not "
                    + lastLog.partitions() + " as when it was opened: a log's partitions are for its life");
        }
    }

    private void openSession(LikesLog foundLog) throws InterruptedException {
        TrackedProducer sender = producerLifecycle.awaitReady();
        lastLog = foundLog;
        LogSession session = new LogSession(foundLog, sender);
        lock.lock();
        try {
            currentSession = session;
            lastOutage = null;
            if (!nextSession.complete(session)) { // it was open: this is another log under the same name
                nextSession = CompletableFuture.completedFuture(session);
            }
        } finally {
            lock.unlock();
        }
        log.info("topic {} has {} partitions (epoch {})", foundLog.topic(), foundLog.partitions(), foundLog.epoch());
    }

    @Override
    public void close() {
        lock.lock();
        try {
            isShuttingDown = true;
            changed.signal();
        } finally {
            lock.unlock();
        }
        thread.interrupt(); // it may be waiting for a Kafka that is down
    }
}
