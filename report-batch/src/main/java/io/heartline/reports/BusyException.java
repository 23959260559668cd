package io.heartline.reports;

/** This instance does as much of something as it may at once. */
public final class BusyException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** @param what it does so many of, as in "wait for a run" */
    public BusyException(int most, String what) {
        super(most + " requests " + what + " on this instance already, which is the most.", null, false, false);
    }
}
