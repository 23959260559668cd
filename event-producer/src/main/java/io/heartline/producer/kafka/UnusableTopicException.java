package io.heartline.producer.kafka;

/** The topic exists, but no like may be appended to it; an operator has to change that. */
public final class UnusableTopicException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public UnusableTopicException(String reason) {
        super(reason);
    }
}
