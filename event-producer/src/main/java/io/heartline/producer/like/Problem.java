package io.heartline.producer.like;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.heartline.web.problem.RequestIds;
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
public record Problem(String type, String title, int status, String detail, String instance, List<FieldError> errors) {

    private static final ObjectWriter JSON = JsonMapper.builder().build().writerFor(Problem.class);

    public static Problem of(RefusedException refusal) {
        ProblemType type = refusal.type();
        return new Problem(type.uri(), type.title, type.status.value(), refusal.getMessage(), null, refusal.errors());
    }

    public static Problem of(HttpStatusCode status, String title, String detail) {
        return new Problem("about:blank", title, status.value(), detail, null, List.of());
    }

    public Problem withInstance(String instance) {
        return new Problem(type, title, status, detail, instance, errors);
    }

    public byte[] json() {
        return JSON.writeValueAsBytes(this);
    }
}
