package io.heartline.reports.run;

/** What an instance meets when it dies, at whatever it does from then on. */
final class Crash extends RuntimeException {

    private static final long serialVersionUID = 1L;

    Crash(String step) {
        super("died " + step);
    }
}
