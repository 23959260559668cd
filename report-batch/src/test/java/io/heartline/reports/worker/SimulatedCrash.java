package io.heartline.reports.worker;

/** The exception that a crashed instance throws at its crash and at each later step. */
public final class SimulatedCrash extends RuntimeException {

    private static final long serialVersionUID = 1L;

    SimulatedCrash(String step) {
        super("died " + step);
    }
}
