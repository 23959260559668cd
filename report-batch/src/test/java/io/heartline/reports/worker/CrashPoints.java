package io.heartline.reports.worker;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The steps of an instance at which a test can crash, pause or observe it. */
public final class CrashPoints {

    /** After a poll of Kafka. */
    public static final String AFTER_POLL = "after poll";
    /** After the reports of a chunk are loaded. */
    public static final String AFTER_LOAD = "after load";
    /** Before the reports of a chunk are saved. */
    public static final String BEFORE_BULK = "before the bulk write";
    /** After the first half of the reports is saved. */
    public static final String IN_BULK = "in the middle of the bulk write";
    /** After all reports of a chunk are saved. */
    public static final String AFTER_BULK = "after the bulk write";

    static final String BEFORE_PROGRESS = "before progress";
    /** After the progress of the partition is stored. */
    public static final String AFTER_PROGRESS = "after progress";

    /** All steps of one chunk, in order. */
    public static final List<String> ALL =
            List.of(AFTER_POLL, AFTER_LOAD, BEFORE_BULK, IN_BULK, AFTER_BULK, BEFORE_PROGRESS, AFTER_PROGRESS);

    /** The steps that the instance has reached, in order. */
    public final List<String> reached = new ArrayList<>();

    private final Consumer<CrashPoints> then;
    private boolean hasCrashed;

    private CrashPoints(Consumer<CrashPoints> then) {
        this.then = then;
    }

    /**
     * Creates steps that are only recorded.
     *
     * @return steps without a crash or a pause
     */
    public static CrashPoints withoutCrash() {
        return new CrashPoints(points -> {});
    }

    /**
     * Creates steps with a crash at one of them.
     *
     * @param step the index of the step at which the instance crashes, from 0
     * @return the steps
     */
    public static CrashPoints crashingAt(int step) {
        return new CrashPoints(points -> {
            if (points.reached.size() > step) {
                points.hasCrashed = true;
            }
        });
    }

    /**
     * Creates steps with a crash at one of them.
     *
     * @param step the name of the step
     * @param occurrence the index of the occurrence of {@code step} at which the instance crashes, from 0
     * @return the steps
     */
    public static CrashPoints crashingAt(String step, int occurrence) {
        return new CrashPoints(points -> {
            if (points.reached.stream().filter(step::equals).count() > occurrence) {
                points.hasCrashed = true;
            }
        });
    }

    /** An action during a pause, which may throw any exception. */
    @FunctionalInterface
    public interface Action {
        /**
         * Runs the action.
         *
         * @throws Exception if the action fails; the test then fails, too
         */
        void run() throws Exception;
    }

    /**
     * Creates steps with a pause at one of them.
     *
     * @param step the index of the step at which the instance pauses, from 0
     * @param meanwhile the action that runs during the pause
     * @return the steps
     */
    public static CrashPoints pausingAt(int step, Action meanwhile) {
        return new CrashPoints(points -> {
            if (points.reached.size() == step + 1) {
                run(meanwhile);
            }
        });
    }

    /** A listener that is called at each step. */
    @FunctionalInterface
    public interface Listener {
        /**
         * Called in the thread of the instance.
         *
         * @param step the name of the step
         * @throws Exception if the listener fails; the test then fails, too
         */
        void stepReached(String step) throws Exception;
    }

    /**
     * Creates steps that notify a listener.
     *
     * @param listener called at each step
     * @return the steps
     */
    public static CrashPoints notifying(Listener listener) {
        return new CrashPoints(
                points -> run(() -> listener.stepReached(points.reached.get(points.reached.size() - 1))));
    }

    private static void run(Action meanwhile) {
        try {
            meanwhile.run();
        } catch (Exception e) { // the test cannot continue after any exception
            throw new IllegalStateException(e);
        }
    }

    void reach(String step) {
        requireNotCrashed();
        reached.add(step);
        then.accept(this);
        requireNotCrashed();
    }

    /** Throws if the instance has crashed, so that it executes no further step, not even a cleanup. */
    void requireNotCrashed() {
        if (hasCrashed) {
            throw new SimulatedCrash(reached.get(reached.size() - 1));
        }
    }
}
