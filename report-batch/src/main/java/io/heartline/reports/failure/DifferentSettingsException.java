package io.heartline.reports.failure;

/** This instance counts in another way than the reports in its database are counted. */
public final class DifferentSettingsException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final boolean isSecretOnly;

    private DifferentSettingsException(String message, boolean isSecret) {
        super(message);
        this.isSecretOnly = isSecret;
    }

    /** The zone, the hash function or the schema differ. */
    public static DifferentSettingsException of(String message) {
        return new DifferentSettingsException(message, false);
    }

    /** The secret alone differs, so an operator may accept the other one. */
    public static DifferentSettingsException ofSecret(String message) {
        return new DifferentSettingsException(message, true);
    }

    /** Returns whether the secret alone differs. */
    public boolean isSecretOnly() {
        return isSecretOnly;
    }
}
