package io.heartline.reports.run;

/**
 * Progress and the log do not meet: records that no run has seen are gone, or the log is another one. Folding on would
 * publish wrong figures, so the run fails and overwrites nothing.
 */
class LogGapException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    LogGapException(String message) {
        super(message);
    }
}
