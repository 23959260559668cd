package io.heartline.producer;

/** The topic exists, but no like may be appended to it; an operator has to change that. */
final class UnusableTopicException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    UnusableTopicException(String reason) {
        super(reason);
    }
}
