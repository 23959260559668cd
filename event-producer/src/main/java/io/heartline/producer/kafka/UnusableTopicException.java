package io.heartline.producer.kafka;

/** The topic exists, but no like may be appended to it until an operator changes it. */
public final class UnusableTopicException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception.
     *
     * @param reason rule that the topic breaks, and how to repair it
     */
    public UnusableTopicException(String reason) {
        super(reason);
    }
}
