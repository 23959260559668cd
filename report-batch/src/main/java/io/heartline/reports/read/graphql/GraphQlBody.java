package io.heartline.reports.read.graphql;

import io.heartline.web.problem.ApiException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.graphql.GraphQlRequest;
import org.springframework.graphql.support.DefaultGraphQlRequest;
import org.springframework.http.HttpStatus;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * The body of a GraphQL request: {@code query}, {@code operationName}, {@code variables}, {@code extensions}. Values
 * are never converted to another type. Other members are ignored.
 */
final class GraphQlBody {

    private static final String OBJECT_RULE = "must be a JSON object such as {\"query\":\"{__typename}\"}";

    private final Map<?, ?> members;
    private final List<Map<String, String>> errors = new ArrayList<>();

    private GraphQlBody(Map<?, ?> members) {
        this.members = members;
    }

    /**
     * Parses a body.
     *
     * @param body a JSON object in UTF-8
     * @throws ApiException 400, which names each invalid member
     */
    static GraphQlRequest parse(byte[] body, JsonMapper json) {
        if (!(read(body, json) instanceof Map<?, ?> members)) {
            throw badRequest("The body " + OBJECT_RULE + ".", List.of(Map.of("pointer", "", "detail", OBJECT_RULE)));
        }
        return new GraphQlBody(members).request();
    }

    private static @Nullable Object read(byte[] body, JsonMapper json) {
        try {
            return isUtf8(body) ? json.readValue(body, Object.class) : null;
        } catch (JacksonException e) {
            return null;
        }
    }

    /** Jackson also reads UTF-16 and UTF-32, which it detects by zeros among the first four bytes. JSON in UTF-8 has none. */
    private static boolean isUtf8(byte[] body) {
        for (int i = 0; i < Math.min(4, body.length); i++) {
            if (body[i] == 0) {
                return false;
            }
        }
        return true;
    }

    private GraphQlRequest request() {
        String query = string("query");
        if (query == null || query.isBlank()) {
            addError("query", "must be a string that contains a query");
        }
        String operation = string("operationName");
        if (operation == null && members.get("operationName") != null) {
            addError("operationName", "must be a string or null");
        }
        Map<String, Object> variables = object("variables");
        Map<String, Object> extensions = object("extensions");
        if (!errors.isEmpty()) {
            String detail = errors.stream()
                    .map(error -> error.get("pointer").substring(1) + " " + error.get("detail") + ".")
                    .collect(Collectors.joining(" "));
            throw badRequest(detail, errors);
        }
        return new DefaultGraphQlRequest(query, operation, variables, extensions);
    }

    private @Nullable String string(String name) {
        return members.get(name) instanceof String text ? text : null;
    }

    @SuppressWarnings("unchecked") // the keys of a JSON object are strings
    private @Nullable Map<String, Object> object(String name) {
        Object value = members.get(name);
        if (value == null || value instanceof Map) {
            return (Map<String, Object>) value;
        }
        addError(name, "must be an object or null");
        return null;
    }

    private void addError(String name, String detail) {
        errors.add(Map.of("pointer", "/" + name, "detail", detail));
    }

    private static ApiException badRequest(String detail, List<Map<String, String>> errors) {
        return GraphQlEndpoint.problem(HttpStatus.BAD_REQUEST, detail, errors);
    }
}
