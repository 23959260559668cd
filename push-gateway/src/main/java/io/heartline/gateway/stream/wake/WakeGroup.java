package io.heartline.gateway.stream.wake;

import java.util.Collection;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The followers of one author that share an event loop. One task wakes all of them, so the work of the thread that reads the log does
 * not depend on the number of followers.
 *
 * @param <T> the class of members
 */
public final class WakeGroup<T extends Wakeable> {

    private final Executor eventLoop;
    // immutable with the first member, because most authors have one follower; concurrent since there was a second one
    private volatile Set<T> members = Set.of();
    // wake-ups that were not handled yet; the caller that increments it from 0 starts a pass
    private final AtomicInteger wakes = new AtomicInteger();

    /**
     * Creates an empty group.
     *
     * @param eventLoop the event loop of all members
     */
    public WakeGroup(Executor eventLoop) {
        this.eventLoop = eventLoop;
    }

    /**
     * Returns the event loop of all members.
     *
     * @return the event loop
     */
    public Executor eventLoop() {
        return eventLoop;
    }

    /**
     * Returns the members.
     *
     * @return a view, whose iterators are weakly consistent
     */
    public Collection<T> members() {
        return members;
    }

    /**
     * Adds a member. The caller holds the lock that guards the changes of this group.
     *
     * @param member a member of this event loop
     */
    public void add(T member) {
        if (isConcurrent()) {
            members.add(member);
        } else if (members.isEmpty()) {
            members = Set.of(member);
        } else {
            Set<T> several = ConcurrentHashMap.newKeySet();
            several.addAll(members);
            several.add(member);
            members = several;
        }
    }

    /**
     * Removes a member. The caller holds the lock that guards the changes of this group.
     *
     * @param member the member
     * @return whether the group is empty now
     */
    public boolean remove(T member) {
        if (isConcurrent()) {
            members.remove(member);
        } else if (members.contains(member)) {
            members = Set.of();
        }
        return members.isEmpty();
    }

    private boolean isConcurrent() {
        return members instanceof ConcurrentHashMap.KeySetView;
    }

    /** Wakes every member. Any thread may call. */
    public void wake() {
        if (wakes.getAndIncrement() == 0) {
            submit();
        }
    }

    private void submit() {
        try {
            eventLoop.execute(this::wakeAll);
        } catch (RuntimeException | Error e) { // the event loop has ended, or no memory: the next wake tries again
            wakes.set(0);
            throw e;
        }
    }

    private void wakeAll() {
        int seen = wakes.get();
        WakePass.runOnLoop(eventLoop, members.iterator(), () -> {
            if (wakes.addAndGet(-seen) != 0) {
                submit();
            }
        });
    }
}
