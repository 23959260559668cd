package io.heartline.reports.failure;

/** The hash secret is missing or cannot be used. The message names the setting, and never contains its value. */
public final class HashSecretException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** @param message names the setting; must not contain its value */
    public HashSecretException(String message) {
        super(message);
    }
}
