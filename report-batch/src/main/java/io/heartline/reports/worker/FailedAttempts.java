package io.heartline.reports.worker;

import io.heartline.reports.run.Run;

/**
 * Counts this instance's failed attempts at a run that another instance has planned, as long as no instance makes progress. The
 * other instance may be the healthy one. If it has died, the run has to end nevertheless.
 */
final class FailedAttempts {

    /** Two minutes or more with the usual settings, because the instance waits ten seconds after each attempt. */
    static final int MAX_ATTEMPTS = 12;

    private String run = "";
    private long remaining;
    private int failed;

    /**
     * Counts an attempt.
     *
     * @param remainingNow records of the run that are not folded
     * @return whether it was the last attempt, so that the run has to fail
     */
    boolean recordAndCheckExhausted(Run failedRun, long remainingNow) {
        if (!failedRun.id().equals(run) || remainingNow != remaining) {
            run = failedRun.id();
            remaining = remainingNow;
            failed = 0;
        }
        failed++;
        return failed >= MAX_ATTEMPTS;
    }
}
