package io.heartline.producer.like;

import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * One error in a request.
 *
 * @param pointer RFC 6901 JSON pointer into the body or the line; empty for the whole body; null for an error in a header
 * @param header name of the header; null for an error in the body
 * @param detail rule that is broken, without a subject
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record FieldError(String pointer, String header, String detail) {

    /**
     * Returns the error of one field of the body.
     *
     * @param field name of the field
     * @param detail rule that is broken, without a subject
     * @return the error
     */
    public static FieldError ofField(String field, String detail) {
        return new FieldError('/' + field, null, detail);
    }

    static FieldError ofBody(String detail) {
        return new FieldError("", null, detail);
    }

    static FieldError ofHeader(String header, String detail) {
        return new FieldError(null, header, detail);
    }
}
