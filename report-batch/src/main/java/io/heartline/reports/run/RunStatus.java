package io.heartline.reports.run;

/** The state of a run, as {@code /v1/runs} names it. */
public enum RunStatus {
    /** The run waits, or instances fold its records. */
    running,
    /** All records of the run are folded. */
    done,
    /** The run has ended with an error, or it is not finished and no longer in the queue. */
    failed
}
