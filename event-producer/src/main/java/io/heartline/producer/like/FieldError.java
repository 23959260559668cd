package io.heartline.producer.like;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One error in a request. Exactly one of the first three components is given.
 *
 * @param pointer RFC 6901 JSON pointer into the body, the line or the item; empty for all of it
 * @param header name of the header
 * @param parameter name of the parameter in the URL's path or query
 * @param detail rule that is broken, without a subject
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record FieldError(
        @Nullable String pointer,
        @Nullable String header,
        @Nullable String parameter,
        String detail) {

    /**
     * Returns the error of one field of the body.
     *
     * @param field name of the field
     * @param detail rule that is broken, without a subject
     * @return the error
     */
    public static FieldError ofField(String field, String detail) {
        return new FieldError('/' + field, null, null, detail);
    }

    static FieldError ofBody(String detail) {
        return new FieldError("", null, null, detail);
    }

    /**
     * Returns the error of a header.
     *
     * @param header name of the header
     * @param detail rule that is broken, without a subject
     * @return the error
     */
    public static FieldError ofHeader(String header, String detail) {
        return new FieldError(null, header, null, detail);
    }

    static FieldError ofParameter(String parameter, String detail) {
        return new FieldError(null, null, parameter, detail);
    }

    /** Returns whether this error and another one are of the same field, header or parameter. */
    boolean isOfSamePlace(FieldError other) {
        return Objects.equals(pointer, other.pointer)
                && Objects.equals(header, other.header)
                && Objects.equals(parameter, other.parameter);
    }
}
