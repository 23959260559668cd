package io.heartline.gateway.stream;

/** A part of the URL that is malformed: answered with 400. */
public final class InvalidParameterException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String parameter;

    /** @param detail what it must be, as the end of a sentence that begins with the parameter's name */
    public InvalidParameterException(String parameter, String detail) {
        super(detail, null, false, false);
        this.parameter = parameter;
    }

    public String parameter() {
        return parameter;
    }
}
