package io.heartline.producer;

import io.heartline.events.Contract;
import io.heartline.web.problem.RequestIds;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * An HTTP answer.
 *
 * @param status the status code
 * @param headers the headers
 * @param body the body; empty if there is none
 */
public record HttpAnswer(int status, HttpHeaders headers, byte[] body) {

    /**
     * Sends a request and reads its answer.
     *
     * @param request the request
     * @return the answer
     */
    public static HttpAnswer to(WebTestClient.RequestHeadersSpec<?> request) {
        var result = request.exchange().expectBody().returnResult();
        byte[] body = result.getResponseBody();
        return new HttpAnswer(
                result.getStatus().value(), result.getResponseHeaders(), body == null ? new byte[0] : body);
    }

    /**
     * Returns the media type without parameters such as the charset.
     *
     * @return the media type; empty if there is none
     */
    public String mediaType() {
        MediaType type = headers.getContentType();
        return type == null ? "" : type.getType() + '/' + type.getSubtype();
    }

    /**
     * Returns the id of the request.
     *
     * @return the header {@code Request-Id}; null if it is absent
     */
    public String requestId() {
        return headers.getFirst(RequestIds.HEADER);
    }

    /**
     * Returns the body as text.
     *
     * @return the body, decoded as UTF-8
     */
    public String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    /**
     * Returns the body as JSON.
     *
     * @return the parsed body
     */
    public JsonNode json() {
        return JsonMapper.shared().readTree(body);
    }

    /**
     * Returns the lines of an NDJSON body.
     *
     * @return the parsed lines
     */
    public List<JsonNode> lines() {
        return text().lines().map(JsonMapper.shared()::readTree).toList();
    }

    /**
     * Asserts that the OpenAPI document describes this answer.
     *
     * @param operation an operation of the OpenAPI document
     */
    public void assertDocumented(Contract operation) {
        operation.assertDescribes(status, headers::getFirst, mediaType(), body);
    }
}
