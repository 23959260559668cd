package io.heartline.reports.worker;

/** What an instance meets when it dies, at whatever it does from then on. */
public final class SimulatedCrash extends RuntimeException {

    private static final long serialVersionUID = 1L;

    SimulatedCrash(String step) {
        super("died " + step);
    }
}
