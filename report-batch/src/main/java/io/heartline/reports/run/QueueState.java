package io.heartline.reports.run;

import org.jspecify.annotations.Nullable;

/** The ids of the runs in the queue. At most one run is running, and at most one waits. */
public sealed interface QueueState {

    /** The queue is empty. */
    record Idle() implements QueueState {

        @Override
        public @Nullable String waiting() {
            return null;
        }
    }

    /** A run waits, and no run is running. */
    record Waiting(String waiting) implements QueueState {}

    /** @param waiting the run that waits for the running one; null if there is none */
    record Running(String running, @Nullable String waiting) implements QueueState {

        @Override
        public boolean contains(String runId) {
            return runId.equals(running) || runId.equals(waiting);
        }
    }

    /** {@return the id of the run that waits; null if there is none} */
    @Nullable
    String waiting();

    /**
     * {@return whether the run is running or waits}
     *
     * @param runId the id of a run
     */
    default boolean contains(String runId) {
        return runId.equals(waiting());
    }

    /**
     * {@return the state of a queue that contains these runs}
     *
     * @param running the id of the run that is running; null if there is none
     * @param waiting the id of the run that waits; null if there is none
     */
    static QueueState of(@Nullable String running, @Nullable String waiting) {
        if (running != null) {
            return new Running(running, waiting);
        }
        return waiting == null ? new Idle() : new Waiting(waiting);
    }
}
