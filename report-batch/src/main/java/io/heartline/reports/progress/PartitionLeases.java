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
 * Which partitions this instance folds, so that others fold other ones. A courtesy: a figure is right whoever folds what,
 * and however many at once.
 */
public final class PartitionLeases {

    /** Of the partitions that are left, so that whoever comes later finds some, and nobody is left with a large rest. */
    private static final int SHARE_DIVISOR = 4;

    private final ProgressStore store;
    private final String owner;
    private final InstantSource clock;
    private final Duration duration;
    private final Map<Integer, Progress> held = new HashMap<>();
    private Instant renewedAt = Instant.MIN;

    /** @param duration after which others may take over what an instance has died over */
    public PartitionLeases(ProgressStore store, String owner, InstantSource clock, Duration duration) {
        this.store = store;
        this.owner = owner;
        this.clock = clock;
        this.duration = duration;
    }

    /**
     * Keeps those that are held and still behind; takes a share of the others once none is.
     *
     * @param lagging what is left to fold
     * @return where those stand that are this instance's for now
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

    /** Keeps those that are held for longer, if it is time to. What was lost meanwhile shows when it is written to. */
    public void renewIfDue() {
        Instant now = clock.instant();
        if (isRenewalDue(now)) {
            lease(List.copyOf(held.values()), now);
        }
    }

    private boolean isRenewalDue(Instant now) {
        return now.isBefore(renewedAt) // the clock has been put back
                || !now.isBefore(renewedAt.plus(duration.dividedBy(3)));
    }

    private boolean isFree(Progress progress, Instant now) {
        return progress.owner() == null
                || ProgressStore.isLeaseExpired(progress.leasedUntil(), now, duration)
                || progress.owner().equals(owner); // from an attempt that could not even let go
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

    /** Other instances have folded the rest of a partition that this one holds; its next records are free for anyone. */
    private void releaseAllExcept(List<Progress> lagging) {
        Set<Integer> laggingPartitions = byPartition(lagging).keySet();
        List.copyOf(held.keySet()).stream()
                .filter(partition -> !laggingPartitions.contains(partition))
                .forEach(this::release);
    }

    public void release(int partition) {
        held.remove(partition);
        await(store.releaseLease(partition, owner));
    }

    /** What is not released is free after a while by itself. */
    public void releaseAll() {
        List.copyOf(held.keySet()).forEach(this::release);
    }

    private static Map<Integer, Progress> byPartition(List<Progress> leases) {
        Map<Integer, Progress> result = new HashMap<>();
        leases.forEach(progress -> result.put(progress.partition(), progress));
        return result;
    }
}
