package io.heartline.reports.run;

import static io.heartline.reports.run.MongoCalls.await;

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
final class Leases {

    /** Of the partitions that are left, so that whoever comes later finds some, and nobody is left with a large rest. */
    private static final int SHARE = 4;

    private final ProgressStore store;
    private final String owner;
    private final InstantSource clock;
    private final Duration length;
    private final Map<Integer, Progress> held = new HashMap<>();
    private Instant renewed = Instant.MIN;

    /** @param length after which others may take over what an instance has died over */
    Leases(ProgressStore store, String owner, InstantSource clock, Duration length) {
        this.store = store;
        this.owner = owner;
        this.clock = clock;
        this.length = length;
    }

    /**
     * Keeps those that are held and still behind; takes a share of the others once none is.
     *
     * @param behind what is left to fold
     * @return where those stand that are this instance's for now
     */
    Map<Integer, Progress> take(List<Progress> behind) {
        Instant now = clock.instant();
        releaseAllExcept(behind);
        List<Progress> mine = behind.stream().filter(this::isHeld).toList();
        if (!mine.isEmpty() && !isDue(now)) {
            return byPartition(mine);
        }
        if (!mine.isEmpty()) {
            return lease(mine, now);
        }
        List<Progress> free = behind.stream().filter(at -> isFree(at, now)).toList();
        return lease(free.subList(0, (free.size() + SHARE - 1) / SHARE), now);
    }

    /** Keeps those that are held for longer, if it is time to. What was lost meanwhile shows when it is written to. */
    void keep() {
        Instant now = clock.instant();
        if (isDue(now)) {
            lease(List.copyOf(held.values()), now);
        }
    }

    private boolean isDue(Instant now) {
        return now.isBefore(renewed) // the clock has been put back
                || !now.isBefore(renewed.plus(length.dividedBy(3)));
    }

    private boolean isFree(Progress at, Instant now) {
        return at.owner() == null
                || ProgressStore.isOver(at.leasedUntil(), now, length)
                || at.owner().equals(owner); // from an attempt that could not even let go
    }

    private boolean isHeld(Progress at) {
        return held.containsKey(at.partition()) && owner.equals(at.owner());
    }

    private Map<Integer, Progress> lease(List<Progress> wanted, Instant now) {
        renewed = now;
        List<Progress> leased = await(Flux.fromIterable(wanted)
                .flatMap(at -> store.lease(at, owner, now, length))
                .collectList());
        held.clear();
        held.putAll(byPartition(leased));
        return byPartition(leased);
    }

    /** Other instances have folded the rest of a partition that this one holds; its next records are free for anyone. */
    private void releaseAllExcept(List<Progress> behind) {
        Set<Integer> left = byPartition(behind).keySet();
        List.copyOf(held.keySet()).stream()
                .filter(partition -> !left.contains(partition))
                .forEach(this::release);
    }

    void release(int partition) {
        held.remove(partition);
        await(store.release(partition, owner));
    }

    /** What is not released is free after a while by itself. */
    void releaseAll() {
        List.copyOf(held.keySet()).forEach(this::release);
    }

    private static Map<Integer, Progress> byPartition(List<Progress> some) {
        Map<Integer, Progress> found = new HashMap<>();
        some.forEach(at -> found.put(at.partition(), at));
        return found;
    }
}
