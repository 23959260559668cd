package io.heartline.web.security;

/** A token cannot be checked at present, so it is neither valid nor invalid. Has no stack trace, because many tokens may cause it. */
public final class KeysUnavailableException extends RuntimeException {

    private final long retryAfterSeconds;

    /**
     * @param message a sentence for the caller
     * @param retryAfterSeconds until another fetch of the keys may have succeeded, at least 1
     */
    public KeysUnavailableException(String message, long retryAfterSeconds) {
        super(message, null, false, false);
        this.retryAfterSeconds = retryAfterSeconds;
    }

    /**
     * Returns the time until the caller may retry.
     *
     * @return seconds, at least 1
     */
    public long retryAfterSeconds() {
        return retryAfterSeconds;
    }
}
