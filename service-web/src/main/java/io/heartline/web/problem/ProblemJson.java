package io.heartline.web.problem;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ProblemDetail;

/** The JSON of a problem detail (RFC 9457). */
public final class ProblemJson {

    private ProblemJson() {}

    /**
     * Returns the members of the JSON object: those of the standard, as far as they are set, and then the problem's own.
     *
     * @param problem the problem
     * @return the members in order
     */
    public static Map<String, @Nullable Object> members(ProblemDetail problem) {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        putIfSet(members, "type", problem.getType());
        putIfSet(members, "title", problem.getTitle());
        members.put("status", problem.getStatus());
        putIfSet(members, "detail", problem.getDetail());
        putIfSet(members, "instance", problem.getInstance());
        if (problem.getProperties() != null) {
            members.putAll(problem.getProperties());
        }
        return members;
    }

    private static void putIfSet(Map<String, @Nullable Object> members, String name, @Nullable Object value) {
        if (value != null) {
            members.put(name, value);
        }
    }
}
