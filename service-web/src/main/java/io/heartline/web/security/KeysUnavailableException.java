package io.heartline.web.security;

/** A token cannot be checked now, so it is neither good nor bad. Has no stack trace, because a flood of tokens may cause many. */
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

    public long retryAfterSeconds() {
        return retryAfterSeconds;
    }
}
