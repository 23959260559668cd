package io.heartline.reports.run;

/**
 * Counts this instance's failed attempts at a run that another instance has planned, as long as no instance makes progress. The
 * other instance may be the healthy one. If it has died, the run has to end all the same.
 */
final class Attempts {

    /** Two minutes or more with the usual settings, because after each one the instance sits out ten seconds. */
    static final int MAX = 12;

    private String run = "";
    private long left;
    private int failed;

    /**
     * Counts an attempt.
     *
     * @param leftNow records of the run that are not folded
     * @return whether it was the last one that the run is worth
     */
    boolean isExhausted(Run failedRun, long leftNow) {
        if (!failedRun.id().equals(run) || leftNow != left) {
            run = failedRun.id();
            left = leftNow;
            failed = 0;
        }
        failed++;
        return failed >= MAX;
    }
}
