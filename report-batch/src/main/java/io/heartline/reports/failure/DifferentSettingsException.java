package io.heartline.reports.failure;

/** The settings of this instance differ from the settings that the reports in its database are counted with. */
public final class DifferentSettingsException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final boolean isSecretOnly;

    private DifferentSettingsException(String message, boolean isSecretOnly) {
        super(message);
        this.isSecretOnly = isSecretOnly;
    }

    /**
     * {@return an exception for a zone, a hash function or a schema that differs} No command can accept the difference.
     *
     * @param message both settings, for operators
     */
    public static DifferentSettingsException of(String message) {
        return new DifferentSettingsException(message, false);
    }

    /**
     * {@return an exception for a secret that differs, which an operator may accept}
     *
     * @param message how the secrets differ, for operators; must not contain a secret
     */
    public static DifferentSettingsException ofSecret(String message) {
        return new DifferentSettingsException(message, true);
    }

    /** {@return whether the secret alone differs} */
    public boolean isSecretOnly() {
        return isSecretOnly;
    }
}
