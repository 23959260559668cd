package io.heartline.gateway.stream.wake;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A pass that wakes connections on their event loop. Between its tasks, the loop serves its other channels. */
public final class WakePass implements Runnable {

    private static final Logger logger = LoggerFactory.getLogger(WakePass.class);
    private static final int MAX_WAKES_PER_TASK = 64;

    private final Executor loop;
    private final Iterator<? extends Wakeable> members;
    private final Runnable whenDone;

    private WakePass(Executor loop, Iterator<? extends Wakeable> members, Runnable whenDone) {
        this.loop = loop;
        this.members = members;
        this.whenDone = whenDone;
    }

    /**
     * Wakes members of one event loop. The caller is a task of the event loop.
     *
     * @param members an iterator that is weakly consistent, or whose list does not change
     * @param whenDone called in the task that wakes the last member
     */
    static void runOnLoop(Executor loop, Iterator<? extends Wakeable> members, Runnable whenDone) {
        new WakePass(loop, members, whenDone).run();
    }

    /**
     * Wakes members of several event loops, one task for each loop. If an event loop has ended, the others continue. Any thread may call.
     *
     * @param members the members, in the order in which those of an event loop are woken
     */
    public static void submit(List<? extends Wakeable> members) {
        Map<Executor, List<Wakeable>> byLoop = new HashMap<>();
        for (Wakeable member : members) {
            byLoop.computeIfAbsent(member.eventLoop(), loop -> new ArrayList<>())
                    .add(member);
        }
        byLoop.forEach(
                (loop, ofLoop) -> runSafely(loop, one -> one.execute(new WakePass(one, ofLoop.iterator(), () -> {}))));
    }

    @Override
    public void run() {
        for (int i = 0; i < MAX_WAKES_PER_TASK && members.hasNext(); i++) {
            runSafely(members.next(), Wakeable::wakeOnLoop);
        }
        if (members.hasNext()) {
            try {
                runAfterIo(loop, this);
            } catch (RuntimeException | Error e) { // the event loop has ended, or no memory
                whenDone.run();
                throw e;
            }
        } else {
            whenDone.run();
        }
    }

    /**
     * Runs a task on an event loop after the loop has polled its channels, because a queued task would run before that. An executor
     * that is no event loop runs it like any task.
     *
     * @param loop the event loop
     * @param task the task
     */
    public static void runAfterIo(Executor loop, Runnable task) {
        if (loop instanceof ScheduledExecutorService eventLoop) {
            eventLoop.schedule(task, 0, TimeUnit.NANOSECONDS);
        } else {
            loop.execute(task);
        }
    }

    /**
     * Runs an action on a connection or a part of it. If it fails, logs the failure, so that the caller continues with others.
     *
     * @param <T> the class of the connection, or of the part
     * @param target the target of the action
     * @param action the action
     */
    public static <T> void runSafely(T target, Consumer<T> action) {
        try {
            action.accept(target);
        } catch (RuntimeException | Error e) { // the event loop has ended, or no memory
            logger.error("an action on a connection failed", e);
        }
    }
}
