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

/** An HTTP answer. */
public record HttpAnswer(int status, HttpHeaders headers, byte[] body) {

    public static HttpAnswer to(WebTestClient.RequestHeadersSpec<?> request) {
        var result = request.exchange().expectBody().returnResult();
        byte[] body = result.getResponseBody();
        return new HttpAnswer(
                result.getStatus().value(), result.getResponseHeaders(), body == null ? new byte[0] : body);
    }

    /** Returns the media type without parameters such as the charset; empty if there is none. */
    public String mediaType() {
        MediaType type = headers.getContentType();
        return type == null ? "" : type.getType() + '/' + type.getSubtype();
    }

    public String requestId() {
        return headers.getFirst(RequestIds.HEADER);
    }

    public String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    public JsonNode json() {
        return JsonMapper.shared().readTree(body);
    }

    /** Returns the lines of an NDJSON body. */
    public List<JsonNode> lines() {
        return text().lines().map(JsonMapper.shared()::readTree).toList();
    }

    /** @param operation an operation of the OpenAPI document */
    public void assertDocumented(Contract operation) {
        operation.assertDescribes(status, headers::getFirst, mediaType(), body);
    }
}
