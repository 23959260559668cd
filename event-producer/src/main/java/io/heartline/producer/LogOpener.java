package io.heartline.producer;

import io.heartline.events.LikesLog;
import io.heartline.events.LikesTopic;
import io.heartline.producer.ProducerSettings.Topic;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.core.ProducerFactory;

/**
 * Opens the log, creating the topic if there is none yet, and keeps an eye on it: on a thread of its own, which may wait for
 * Kafka where no other thread of this service may. However many wait for the log, Kafka is asked by this thread alone.
 */
final class LogOpener implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(LogOpener.class);

    private static final Duration ANSWER = Duration.ofSeconds(5);
    private static final Duration CREATION = Duration.ofSeconds(40);
    private static final Duration RETRY = Duration.ofMillis(200);
    private static final Duration METADATA_POLL = Duration.ofMillis(10);

    private final ProducerFactory<byte[], byte[]> producers;
    private final Map<String, Object> connection;
    private final Topic topic;
    private final Duration interval;
    private final Thread thread = new Thread(this::run, "likes-log");

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean nudged;
    private boolean closing;
    private CompletableFuture<OpenLog> opening = new CompletableFuture<>();
    private volatile OpenLog current;
    private volatile Producer<byte[], byte[]> producer;
    private volatile boolean producerFailed;
    private volatile Exception trouble = new KafkaException("Kafka has not answered yet");

    // the thread's own
    private Admin admin;
    private LikesLog known;

    /** @param interval how often the topic is looked at while the log is open */
    LogOpener(
            ProducerFactory<byte[], byte[]> producers, Map<String, Object> connection, Topic topic, Duration interval) {
        this.producers = producers;
        this.connection = connection;
        this.topic = topic;
        this.interval = interval;
    }

    void start() {
        thread.setDaemon(true);
        thread.start();
    }

    /** Null while it is not open. */
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

    /** Null while Kafka answers and has the topic. */
    Exception trouble() {
        return trouble;
    }

    /** Is the topic still the one it was? Until that is known, nobody gets to see the log. */
    void doubt(OpenLog doubtful) {
        close(doubtful);
    }

    /** The producer is of no use any more: there has to be another, unless there is by now. */
    void replace(OpenLog failed, Exception why) {
        if (failed.producer() == producer) {
            producerFailed = true;
            if (close(failed)) {
                log.warn("the Kafka producer has failed for good and is replaced: {}", why.toString());
            }
        }
    }

    private boolean close(OpenLog closed) {
        lock.lock();
        try {
            boolean isFirst = closed != null && current == closed;
            if (isFirst) {
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
            if (admin != null) {
                admin.close(Duration.ZERO);
            }
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

    // whatever it is, it is told of, and tried again: this thread is the only one that does
    private void look() throws InterruptedException {
        try {
            if (admin == null) {
                admin = Admin.create(connection);
            }
            LikesLog found = find();
            requireSamePartitions(found);
            if (current == null || !current.log().equals(found)) {
                open(found);
            }
            trouble = null;
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            Exception cause = e instanceof ExecutionException && e.getCause() instanceof Exception c ? c : e;
            if (trouble == null || !Objects.equals(trouble.getClass(), cause.getClass())) {
                log.warn("topic {}: {}", topic.name(), cause.toString());
            }
            trouble = cause;
        }
    }

    /** Made only at first: a topic that goes away later on is for whoever took it away to make again. */
    private LikesLog find() throws Exception {
        try {
            return get(LikesLog.describe(admin, topic.name()), ANSWER);
        } catch (ExecutionException e) {
            if (known != null || !(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                throw e;
            }
        }
        log.info("creating topic {} with {} partitions", topic.name(), topic.partitions());
        try {
            // not by KafkaAdmin, which would also give an existing topic more partitions
            return get(
                    LikesLog.create(
                            admin,
                            LikesTopic.newTopic(
                                    topic.name(), topic.partitions(), topic.replication(), topic.minInSyncReplicas())),
                    CREATION);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof TopicExistsException) {
                return get(LikesLog.describe(admin, topic.name()), ANSWER);
            }
            throw e;
        }
    }

    private static <T> T get(CompletionStage<T> answer, Duration patience) throws Exception {
        try {
            return answer.toCompletableFuture().get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (java.util.concurrent.TimeoutException e) {
            throw new TimeoutException("Kafka did not answer within " + patience.toSeconds() + " s");
        }
    }

    /** With another count, authors would be in other partitions, and their order lost. */
    private void requireSamePartitions(LikesLog found) {
        if (known != null && found.id().equals(known.id()) && found.partitions() != known.partitions()) {
            close(current);
            throw new IllegalStateException("it has " + found.partitions() + " partitions and not " + known.partitions()
                    + " as when it was opened: a log's partitions are for its life");
        }
    }

    private void open(LikesLog found) throws InterruptedException {
        if (producerFailed) {
            producer = null;
            producerFailed = false;
            producers.reset();
        }
        if (producer == null) {
            producer = producers.createProducer();
        }
        awaitMetadata();
        known = found;
        OpenLog open = new OpenLog(found, producer);
        lock.lock();
        try {
            current = open;
            if (!opening.complete(open)) { // it was open: this is another log under the same name
                opening = CompletableFuture.completedFuture(open);
            }
        } finally {
            lock.unlock();
        }
        log.info("topic {} has {} partitions (epoch {})", found.topic(), found.partitions(), found.epoch());
    }

    /** From then on the producer knows where to send to, and does without being waited for, which it is told not to be. */
    private void awaitMetadata() throws InterruptedException {
        long deadline = System.nanoTime() + ANSWER.toNanos();
        while (true) {
            try {
                producer.partitionsFor(topic.name());
                return;
            } catch (TimeoutException e) {
                if (System.nanoTime() > deadline) {
                    throw e;
                }
                Thread.sleep(METADATA_POLL.toMillis()); // having been asked, the producer asks Kafka
            }
        }
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
