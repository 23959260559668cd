package io.heartline.reports.webhook;

/** The causes of failed attempts. */
enum FailureCause {
    /** The connection was refused or broke, or TLS failed. */
    CONNECTION("connection"),
    /** There was no complete response in time. */
    TIMEOUT("timeout"),
    /** The response has a status of 200 to 299, and too long a body. */
    BODY("body"),
    /** The response is a redirect, which is never followed. */
    REDIRECT("3xx"),
    /** The receiver refuses the message. */
    CLIENT_ERROR("4xx"),
    /** The receiver failed; also a status that HTTP does not define. */
    SERVER_ERROR("5xx");

    private final String tag;

    FailureCause(String tag) {
        this.tag = tag;
    }

    /** Returns the value of the metric's label {@code cause}. */
    String tag() {
        return tag;
    }
}
