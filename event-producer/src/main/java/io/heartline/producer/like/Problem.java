package io.heartline.producer.like;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.heartline.web.problem.RequestIds;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatusCode;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;

/**
 * A problem of RFC 9457, as the body of an answer, or in the result of a line or an item.
 *
 * @param type path of the page about the type; {@code about:blank} if the status needs no further explanation
 * @param title the type as text, the same for each problem of a type
 * @param status HTTP status of the answer, or that of the same like in an answer of its own
 * @param detail explanation of this occurrence, as a sentence
 * @param instance id of the answer, see {@link RequestIds}; null in a line of a stream and in a result of an array
 * @param errors the invalid fields; empty if the problem has another reason
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record Problem(
        String type,
        String title,
        int status,
        String detail,
        @Nullable String instance,
        List<FieldError> errors) {

    private static final ObjectWriter JSON = JsonMapper.builder().build().writerFor(Problem.class);

    /**
     * Returns the problem of a refusal, without an instance.
     *
     * @param refusal the refusal of a like or stream
     * @return the problem
     */
    public static Problem of(RefusedException refusal) {
        ProblemType type = refusal.type();
        return new Problem(type.uri(), type.title, type.status.value(), refusal.getMessage(), null, refusal.errors());
    }

    /**
     * Returns the problem of the last line of a stream's answer, if the rest of the stream is refused.
     *
     * @param refusal the refusal of the stream's body
     * @return the problem
     */
    public static Problem ofRest(RefusedException refusal) {
        ProblemType type = refusal.type();
        return new Problem(
                type.uri(),
                type.title,
                type.status.value(),
                refusal.getMessage() + " This line and all later ones were not logged.",
                null,
                refusal.errors());
    }

    /**
     * Returns a problem of the type {@code about:blank}, without an instance.
     *
     * @param status status of the answer
     * @param title the reason phrase of the status
     * @param detail explanation of this occurrence, as a sentence
     * @return the problem
     */
    public static Problem of(HttpStatusCode status, String title, String detail) {
        return new Problem("about:blank", title, status.value(), detail, null, List.of());
    }

    /**
     * Returns this problem with an instance.
     *
     * @param instance id of the answer
     * @return a copy
     */
    public Problem withInstance(String instance) {
        return new Problem(type, title, status, detail, instance, errors);
    }

    /**
     * Returns this problem as JSON, without null and empty members.
     *
     * @return JSON in UTF-8
     */
    public byte[] json() {
        return JSON.writeValueAsBytes(this);
    }
}
