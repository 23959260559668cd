package io.heartline.reports;

/** This instance counts in another way than the reports in its database are counted. */
public final class DifferentSettingsException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public DifferentSettingsException(String message) {
        super(message);
    }
}
