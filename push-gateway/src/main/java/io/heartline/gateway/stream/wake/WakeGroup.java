package io.heartline.gateway.stream.wake;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The followers of one author that share an event loop. One task wakes all of them, so the work of the thread that reads the log does
 * not depend on the number of followers.
 */
public final class WakeGroup {

    private final Executor eventLoop;
    private final Set<Wakeable> members = ConcurrentHashMap.newKeySet(1);
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
     * Adds a member.
     *
     * @param member a member of this event loop
     */
    public void add(Wakeable member) {
        members.add(member);
    }

    /**
     * Removes a member.
     *
     * @param member the member
     * @return whether the group is empty now
     */
    public boolean remove(Wakeable member) {
        members.remove(member);
        return members.isEmpty();
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
