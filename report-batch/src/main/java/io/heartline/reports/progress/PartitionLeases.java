package io.heartline.reports.progress;

import static io.heartline.reports.mongo.BlockingMongo.await;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import reactor.core.publisher.Flux;

/**
 * The partitions that this instance folds, so that other instances fold other ones. Correctness does not depend on leases: figures
 * are correct even if several instances fold a partition concurrently.
 */
public final class PartitionLeases {

    /** An instance leases this part of the free partitions, so that instances that come later find some. */
    private static final int SHARE_DIVISOR = 4;

    private final ProgressStore store;
    private final String owner;
    private final InstantSource clock;
    private final Duration duration;
    private final Map<Integer, Progress> held = new HashMap<>();
    private Instant renewedAt = Instant.MIN;

    /**
     * Creates the leases of an instance, which holds none yet. They are not thread-safe.
     *
     * @param store the progress that contains the leases
     * @param owner an id that no other instance has
     * @param clock decides when leases expire and when they are renewed
     * @param duration after which other instances may take over a partition
     */
    public PartitionLeases(ProgressStore store, String owner, InstantSource clock, Duration duration) {
        this.store = store;
        this.owner = owner;
        this.clock = clock;
        this.duration = duration;
    }

    /**
     * Keeps the leased partitions that still lag. If there are none, leases a part of the free ones.
     *
     * @param lagging the progress of partitions with records to fold
     * @return the progress of the leased partitions
     */
    public Map<Integer, Progress> acquire(List<Progress> lagging) {
        Instant now = clock.instant();
        releaseAllExcept(lagging);
        List<Progress> own = lagging.stream().filter(this::isHeld).toList();
        if (!own.isEmpty() && !isRenewalDue(now)) {
            return byPartition(own);
        }
        if (!own.isEmpty()) {
            return lease(own, now);
        }
        List<Progress> free =
                lagging.stream().filter(progress -> isFree(progress, now)).toList();
        return lease(free.subList(0, (free.size() + SHARE_DIVISOR - 1) / SHARE_DIVISOR), now);
    }

    /** Renews the leases if a third of their duration has passed. A lost lease shows when progress is written. */
    public void renewIfDue() {
        Instant now = clock.instant();
        if (isRenewalDue(now)) {
            lease(List.copyOf(held.values()), now);
        }
    }

    private boolean isRenewalDue(Instant now) {
        return now.isBefore(renewedAt) // the clock was set back
                || !now.isBefore(renewedAt.plus(duration.dividedBy(3)));
    }

    private boolean isFree(Progress progress, Instant now) {
        return progress.owner() == null
                || ProgressStore.isLeaseExpired(progress.leasedUntil(), now, duration)
                || progress.owner().equals(owner); // an attempt of this instance has failed to release it
    }

    private boolean isHeld(Progress progress) {
        return held.containsKey(progress.partition()) && owner.equals(progress.owner());
    }

    private Map<Integer, Progress> lease(List<Progress> requested, Instant now) {
        renewedAt = now;
        List<Progress> leased = await(Flux.fromIterable(requested)
                .flatMap(progress -> store.acquireLease(progress, owner, now, duration))
                .collectList());
        held.clear();
        held.putAll(byPartition(leased));
        return byPartition(leased);
    }

    /** Releases partitions whose rest other instances have folded, so that any instance can fold their next records. */
    private void releaseAllExcept(List<Progress> lagging) {
        Set<Integer> laggingPartitions = byPartition(lagging).keySet();
        List.copyOf(held.keySet()).stream()
                .filter(partition -> !laggingPartitions.contains(partition))
                .forEach(this::release);
    }

    /**
     * Lets other instances lease the partition.
     *
     * @param partition the partition's number; if another instance has leased it, that lease stays
     */
    public void release(int partition) {
        held.remove(partition);
        await(store.releaseLease(partition, owner));
    }

    /** Releases all leases. A lease that cannot be released expires by itself. */
    public void releaseAll() {
        List.copyOf(held.keySet()).forEach(this::release);
    }

    private static Map<Integer, Progress> byPartition(List<Progress> leases) {
        Map<Integer, Progress> result = new HashMap<>();
        leases.forEach(progress -> result.put(progress.partition(), progress));
        return result;
    }
}
