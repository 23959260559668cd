package io.heartline.reports.run;

/** The state of a run, as {@code /v1/runs} names it. */
public enum RunStatus {
    running,
    done,
    failed
}
