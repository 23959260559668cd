package io.heartline.producer.kafka;

import io.heartline.events.LikesLog;
import io.heartline.producer.kafka.SessionReference.Outage;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.core.ProducerFactory;

/**
 * Opens sessions, and checks the topic in intervals. Only its thread waits for Kafka, so Kafka gets one request however many
 * likes wait for a session.
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
    private final Duration tickInterval;
    private final SessionReference sessions = new SessionReference();
    private final ScheduledThreadPoolExecutor executor = new MonitorExecutor();
    private final AtomicBoolean isRecheckRequested = new AtomicBoolean();
    private volatile @Nullable Throwable checkFailure = new KafkaException("Kafka has not answered yet");
    private volatile @Nullable Outage unprovenFailure;

    // used by the monitor's thread only
    private @Nullable LikesLog lastLog;
    private long lastCheckNanos;

    /** One daemon thread. After its last task, it closes the topic admin. */
    private final class MonitorExecutor extends ScheduledThreadPoolExecutor {

        MonitorExecutor() {
            super(1, TopicMonitor::newThread, new ThreadPoolExecutor.DiscardPolicy());
        }

        @Override
        protected void terminated() {
            topicAdmin.close();
        }
    }

    /** @param checkInterval time between two checks while a session is current */
    TopicMonitor(
            ProducerFactory<byte[], byte[]> factory,
            Map<String, Object> adminConfig,
            TopicSettings topic,
            Duration checkInterval) {
        this.producerLifecycle = new ProducerLifecycle(factory, topic.name());
        this.topicAdmin = new TopicAdmin(adminConfig, topic);
        this.topic = topic.name();
        this.checkInterval = checkInterval;
        this.tickInterval = checkInterval.compareTo(RETRY_INTERVAL) < 0 ? checkInterval : RETRY_INTERVAL;
    }

    /** The group is the monitor's own. The thread of a producer that the monitor creates is in it, too. */
    private static Thread newThread(Runnable worker) {
        Thread thread = new Thread(new ThreadGroup("topic-monitor"), worker, "topic-monitor");
        thread.setDaemon(true);
        return thread;
    }

    /** Starts the checks. Returns immediately. */
    void start() {
        executor.scheduleWithFixedDelay(this::tick, 0, tickInterval.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Returns the current session, or null if likes cannot be appended at the moment. */
    @Nullable
    LogSession currentSession() {
        return sessions.current();
    }

    /** Returns a future of the current or next session. It never completes if no session can be opened. */
    CompletableFuture<LogSession> whenAvailable() {
        return sessions.whenAvailable();
    }

    /**
     * Returns why likes cannot be logged at the moment. An outage shorter than {@link #OUTAGE_GRACE} is not a reason, because a
     * new session usually opens after a few milliseconds, and likes wait for it.
     *
     * @return null if likes can be logged
     */
    @Nullable
    Throwable failure() {
        Throwable failed = checkFailure;
        if (failed != null) {
            return failed;
        }
        if (executor.isShutdown() || executor.getPoolSize() == 0) {
            return new IllegalStateException("the topic monitor has ended");
        }
        if (producerLifecycle.isDead()) {
            return producerThreadEnded();
        }
        Outage outage = sessions.outage();
        if (outage != null && !outage.isWithin(OUTAGE_GRACE)) {
            return new KafkaException("the log is unavailable: " + outage.reason());
        }
        // every new session fails with its first like: ready only for one attempt in each period
        Outage unproven = unprovenFailure;
        LogSession session = sessions.current();
        if (unproven != null && unproven.isWithin(UNPROVEN_PERIOD) && (session == null || !session.hasAcknowledged())) {
            return new KafkaException("Kafka has acknowledged no like since the log was opened: " + unproven.reason());
        }
        return null;
    }

    private static KafkaException producerThreadEnded() {
        return new KafkaException("the thread of Kafka's producer has ended");
    }

    /** Returns the number of likes that were sent and are not settled. */
    long inFlight() {
        return producerLifecycle.inFlight();
    }

    /** Ends a session until the topic has been checked, because the topic may have been replaced. */
    void invalidate(LogSession session) {
        closeSession(session, "the topic has to be checked again");
    }

    /** Replaces a producer after a fatal error, unless it is replaced already. */
    void replaceProducer(LogSession failed, Exception reason) {
        // first marked as failed: a check that runs in between then obtains another producer
        if (producerLifecycle.markFailed(failed.producer()) && invalidateAfterRefusal(failed, reason)) {
            log.warn("replacing the Kafka producer after a fatal error: {}", reason.toString());
        }
    }

    /**
     * Ends a session until the topic has been checked, because Kafka refused a like for a reason that may concern the next like,
     * too.
     *
     * @return whether the session was current
     */
    boolean invalidateAfterRefusal(LogSession session, Exception reason) {
        boolean isFirst = closeSession(session, reason.toString());
        if (isFirst && !session.hasAcknowledged()) {
            unprovenFailure = new Outage(System.nanoTime(), reason.toString());
        }
        return isFirst;
    }

    private boolean closeSession(@Nullable LogSession session, String reason) {
        boolean isFirst = sessions.invalidate(session, reason);
        if (isFirst && isRecheckRequested.compareAndSet(false, true)) {
            executor.execute(this::tick); // if this fails for lack of memory, the next periodic tick checks the topic
        }
        return isFirst;
    }

    /** Checks the topic if a check is due. The executor repeats it, so it must not throw. */
    private void tick() {
        try {
            if (isCheckDue()) {
                isRecheckRequested.set(false); // before the check: a request during the check leads to another check
                checkTopic();
                lastCheckNanos = System.nanoTime();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Throwable e) {
            checkFailure = e; // for example an OutOfMemoryError while another failure was logged
        }
    }

    private boolean isCheckDue() {
        Duration sinceLastCheck = Duration.ofNanos(System.nanoTime() - lastCheckNanos);
        return sessions.current() == null
                || isRecheckRequested.get()
                || sinceLastCheck.compareTo(checkInterval.minus(tickInterval.dividedBy(2))) >= 0;
    }

    /** Records every failure, also an Error, so that the checks go on: no other thread can open a session. */
    private void checkTopic() throws InterruptedException {
        try {
            LikesLog foundLog = topicAdmin.find(lastLog == null);
            requireSamePartitions(foundLog);
            topicAdmin.check(foundLog);
            LogSession session = sessions.current();
            if (session != null && producerLifecycle.isDead()) {
                replaceProducer(session, producerThreadEnded());
            }
            LogSession remaining = sessions.current();
            if (remaining == null || !remaining.log().equals(foundLog)) {
                openSession(foundLog);
            }
            checkFailure = null;
        } catch (InterruptedException e) {
            throw e;
        } catch (UnusableTopicException e) {
            closeSession(sessions.current(), e.getMessage());
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

    /** Returns the text by which a failure is logged once. Messages of Kafka's exceptions may contain times, so they vary. */
    private static String logKey(@Nullable Throwable failure) {
        return failure == null || failure instanceof UnusableTopicException
                ? String.valueOf(failure)
                : failure.getClass().getName();
    }

    /** With another number of partitions, authors would be in other partitions, and their order would be lost. */
    private void requireSamePartitions(LikesLog foundLog) {
        LikesLog last = lastLog;
        if (last != null && foundLog.id().equals(last.id()) && foundLog.partitions() != last.partitions()) {
            throw new UnusableTopicException("it has " + foundLog.partitions() + " partitions and not "
                    + last.partitions() + " as when it was opened: a log's partitions are for its life");
        }
    }

    private void openSession(LikesLog foundLog) throws InterruptedException {
        TrackedProducer producer = producerLifecycle.awaitReady();
        lastLog = foundLog;
        sessions.publish(new LogSession(foundLog, producer));
        log.info("topic {} has {} partitions (epoch {})", foundLog.topic(), foundLog.partitions(), foundLog.epoch());
    }

    /** Ends the checks. A check that waits for Kafka is interrupted. */
    @Override
    public void close() {
        executor.shutdownNow();
    }
}
