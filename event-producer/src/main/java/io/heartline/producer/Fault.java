package io.heartline.producer;

import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * One thing to mend in a request.
 *
 * @param pointer an RFC 6901 JSON pointer into the body, or into the line; empty for the whole of it; null for a header
 * @param header its name, or null
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record Fault(String pointer, String header, String detail) {

    static Fault ofField(String field, String detail) {
        return new Fault('/' + field, null, detail);
    }

    static Fault ofBody(String detail) {
        return new Fault("", null, detail);
    }

    static Fault ofHeader(String header, String detail) {
        return new Fault(null, header, detail);
    }
}
