package io.heartline.reports.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.events.Contract;
import java.nio.charset.StandardCharsets;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * An HTTP response whose body was read completely.
 *
 * @param status the status
 * @param headers all headers
 * @param body the body; empty if the response has none
 */
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

    /**
     * Parses the body.
     *
     * @return the JSON of the body
     */
    public JsonNode json() {
        return JsonMapper.shared().readTree(body);
    }

    /**
     * Decodes the body.
     *
     * @return the body as UTF-8
     */
    public String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    /**
     * Asserts that the response is a problem with one invalid parameter.
     *
     * @param expected the status
     * @param parameter the parameter that the problem names
     */
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
