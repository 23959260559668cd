package io.heartline.producer;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.springframework.http.HttpStatusCode;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;

/**
 * RFC 9457.
 *
 * @param type {@code about:blank} for what its status says all about
 * @param instance names the one answer it came with, see {@link RequestIds}; null in a line of a stream, whose answer it is
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
record Problem(String type, String title, int status, String detail, String instance, List<Fault> errors) {

    private static final ObjectWriter JSON = JsonMapper.builder().build().writerFor(Problem.class);

    static Problem of(RefusedException refusal) {
        ProblemType type = refusal.type();
        return new Problem(type.uri(), type.title, type.status.value(), refusal.getMessage(), null, refusal.faults());
    }

    static Problem of(HttpStatusCode status, String title, String detail) {
        return new Problem("about:blank", title, status.value(), detail, null, List.of());
    }

    Problem at(String instance) {
        return new Problem(type, title, status, detail, instance, errors);
    }

    byte[] json() {
        return JSON.writeValueAsBytes(this);
    }
}
