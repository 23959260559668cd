package io.heartline.gateway.stream.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.BaseUnits;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The gateway's metrics of records, partitions and rings. One balance holds: consumed = followed + unfollowed + unreadable.
 * Thread-safe.
 */
public final class RecordMetrics {

    private final Counter consumed;
    private final Counter followed;
    private final Counter unfollowed;
    private final Counter unreadable;
    private final Counter misplaced;
    private final Counter undecodable;
    private final AtomicLong lag = new AtomicLong();
    private final AtomicLong ringBytes = new AtomicLong();
    private final AtomicInteger partitionsFollowed = new AtomicInteger();

    /**
     * Registers the metrics.
     *
     * @param registry the registry of the application
     */
    RecordMetrics(MeterRegistry registry) {
        consumed = Counter.builder("heartline.gateway.consumed")
                .description("Records that Kafka has delivered")
                .register(registry);
        followed = records(registry, "followed");
        unfollowed = records(registry, "unfollowed");
        unreadable = records(registry, "unreadable");
        misplaced = Counter.builder("heartline.gateway.misplaced")
                .description("Records in another partition than their key's; unfollowed counts them, too")
                .register(registry);
        undecodable = Counter.builder("heartline.gateway.undecodable")
                .description("Offsets that were skipped because their batch cannot be decoded")
                .register(registry);
        Gauge.builder("heartline.gateway.ring", ringBytes, AtomicLong::get)
                .description("Approximate memory of the latest records")
                .baseUnit(BaseUnits.BYTES)
                .register(registry);
        Gauge.builder("heartline.gateway.partitions", partitionsFollowed, AtomicInteger::get)
                .description("Partitions that are read; 0 while the topic cannot be read")
                .register(registry);
        Gauge.builder("heartline.gateway.lag", lag, AtomicLong::get)
                .description("Records on the topic that this instance has not read")
                .register(registry);
    }

    private static Counter records(MeterRegistry registry, String outcome) {
        return Counter.builder("heartline.gateway.records")
                .description("Records consumed from the topic, by outcome")
                .tag("outcome", outcome)
                .register(registry);
    }

    /**
     * Counts records that Kafka has delivered.
     *
     * @param records their number
     */
    public void consumed(int records) {
        consumed.increment(records);
    }

    /** Counts a record whose author a connection follows. */
    public void followed() {
        followed.increment();
    }

    /** Counts a record whose author no connection follows. */
    public void unfollowed() {
        unfollowed.increment();
    }

    /** Counts a record that has the key of a followed author but is no event. */
    public void unreadable() {
        unreadable.increment();
    }

    /** Counts a record in another partition than its key's. It is in no author's stream, so it counts as unfollowed, too. */
    public void misplaced() {
        misplaced.increment();
        unfollowed.increment();
    }

    /**
     * Counts skipped offsets of batches that cannot be decoded. The gateway cannot know which of them have a record.
     *
     * @param offsets their number
     */
    public void undecodable(long offsets) {
        undecodable.increment(offsets);
    }

    /**
     * Sets the approximate memory of all rings.
     *
     * @param bytes the memory
     */
    public void ringBytes(long bytes) {
        ringBytes.set(bytes);
    }

    /**
     * Sets the number of partitions that are read.
     *
     * @param partitions their number
     */
    public void partitionsFollowed(int partitions) {
        partitionsFollowed.set(partitions);
    }

    /**
     * Sets the number of records on the topic that this instance has not read.
     *
     * @param records their number
     */
    public void lag(long records) {
        lag.set(records);
    }

    /**
     * Returns the number of records on the topic that this instance has not read.
     *
     * @return the latest known number
     */
    public long lag() {
        return lag.get();
    }

    /** Sets partitions and memory to 0, because the topic cannot be read. */
    void logClosed() {
        partitionsFollowed.set(0);
        ringBytes.set(0);
    }
}
