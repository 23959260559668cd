package io.heartline.producer.like;

import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * One thing to mend in a request.
 *
 * @param pointer an RFC 6901 JSON pointer into the body, or into the line; empty for the whole of it; null for a header
 * @param header its name, or null
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record FieldError(String pointer, String header, String detail) {

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
