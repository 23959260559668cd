package io.heartline.reports.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.reports.Contract;
import java.nio.charset.StandardCharsets;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What came back over HTTP. */
record Answer(int status, HttpHeaders headers, byte[] body) {

    /** Without parameters such as the charset; empty if there is none. */
    String mediaType() {
        MediaType type = headers.getContentType();
        return type == null ? "" : type.getType() + '/' + type.getSubtype();
    }

    JsonNode json() {
        return JsonMapper.shared().readTree(body);
    }

    String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    /** It is a problem of this status, and names this parameter. */
    void assertIsAProblem(int expected, String parameter) {
        assertThat(status).as(text()).isEqualTo(expected);
        assertThat(mediaType()).isEqualTo("application/problem+json");
        assertThat(json().path("status").intValue()).isEqualTo(expected);
        assertThat(json().at("/errors/0/parameter").stringValue()).isEqualTo(parameter);
        assertThat(json().path("detail").stringValue())
                .isEqualTo(parameter + " " + json().at("/errors/0/detail").stringValue() + ".");
    }

    /** @param operation of the OpenAPI document */
    void assertIsAsDocumented(Contract operation) {
        Contract response = operation.at("responses", String.valueOf(status));
        assertThat(response.exists()).as(status + " in " + operation).isTrue();
        for (String name : response.at("headers").node().propertyNames()) {
            Contract header = response.at("headers", name);
            String value = headers.getFirst(name);
            if (value != null) {
                assertThat(header.at("schema").violations(typed(value, header.at("schema"))))
                        .as(name)
                        .isEmpty();
            } else {
                assertThat(header.at("required").node().asBoolean(false))
                        .as(name + " may be missing")
                        .isFalse();
            }
        }
        if (!response.at("content").exists()) {
            assertThat(body).isEmpty();
            return;
        }
        Contract content = response.at("content", mediaType());
        assertThat(content.exists()).as(mediaType() + " in " + response).isTrue();
        JsonNode said = mediaType().endsWith("json") && !mediaType().endsWith("ndjson")
                ? json()
                : JsonMapper.shared().valueToTree(text());
        assertThat(content.at("schema").violations(said)).as(said.toString()).isEmpty();
    }

    private static JsonNode typed(String value, Contract schema) {
        boolean number = schema.node().path("type").asString("").equals("integer");
        return JsonMapper.shared().valueToTree(number ? Long.valueOf(value) : value);
    }
}
