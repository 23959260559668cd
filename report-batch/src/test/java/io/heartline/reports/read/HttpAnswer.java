package io.heartline.reports.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.events.Contract;
import java.nio.charset.StandardCharsets;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** An HTTP response whose body was read completely. */
public record HttpAnswer(int status, HttpHeaders headers, byte[] body) {

    /**
     * Returns the media type without parameters such as the charset.
     *
     * @return an empty string if the response has no media type
     */
    public String mediaType() {
        MediaType type = headers.getContentType();
        return type == null ? "" : type.getType() + '/' + type.getSubtype();
    }

    public JsonNode json() {
        return JsonMapper.shared().readTree(body);
    }

    public String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    /** Asserts that the response is a problem with this status that names {@code parameter}. */
    public void assertIsProblem(int expected, String parameter) {
        assertThat(status).as(text()).isEqualTo(expected);
        assertThat(mediaType()).isEqualTo("application/problem+json");
        assertThat(json().path("status").intValue()).isEqualTo(expected);
        assertThat(json().at("/errors/0/parameter").stringValue()).isEqualTo(parameter);
        assertThat(json().path("detail").stringValue())
                .isEqualTo(parameter + " " + json().at("/errors/0/detail").stringValue() + ".");
    }

    /** @param operation the operation of the OpenAPI document that the request called */
    void assertMatchesContract(Contract operation) {
        operation.assertDescribes(status, headers::getFirst, mediaType(), body);
    }
}
