package io.heartline.reports.read.graphql;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.Assertions;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.graphql.GraphQlRequest;
import org.springframework.web.ErrorResponseException;
import tools.jackson.databind.json.JsonMapper;

/** The members that a body may contain, and the bodies that are refused. */
class GraphQlBodyTest {

    private static GraphQlRequest parse(String body) {
        return GraphQlBody.parse(body.getBytes(StandardCharsets.UTF_8), JsonMapper.shared());
    }

    /** Returns the JSON pointers of the errors in the problem. */
    private static List<String> errors(String body) {
        return errors(body.getBytes(StandardCharsets.UTF_8));
    }

    private static List<String> errors(byte[] body) {
        ErrorResponseException e = Assertions.catchThrowableOfType(
                ErrorResponseException.class, () -> GraphQlBody.parse(body, JsonMapper.shared()));
        assertThat(e).isNotNull();
        assertThat(e.getStatusCode().value()).isEqualTo(400);
        List<?> errors = (List<?>) e.getBody().getProperties().get("errors");
        return errors.stream()
                .map(error -> (String) ((Map<?, ?>) error).get("pointer"))
                .toList();
    }

    @Test
    void members_areReadUnchanged() {
        GraphQlRequest request = parse(
                "{\"query\":\"{a}\",\"operationName\":\"o\",\"variables\":{\"v\":[1,2.5,null,\"x\"]},\"extensions\":{\"e\":{}},\"more\":1}");

        assertThat(request.getDocument()).isEqualTo("{a}");
        assertThat(request.getOperationName()).isEqualTo("o");
        assertThat(request.getVariables().get("v"))
                .asInstanceOf(InstanceOfAssertFactories.LIST)
                .containsExactly(1, 2.5, null, "x");
        assertThat(request.getExtensions()).isEqualTo(Map.of("e", Map.of()));
    }

    @Test
    void missingOrNullMember_isNull() {
        for (String body : List.of(
                "{\"query\":\"{a}\"}",
                "{\"query\":\"{a}\",\"operationName\":null,\"variables\":null,\"extensions\":null}")) {
            GraphQlRequest request = parse(body);

            assertThat(request.getOperationName()).isNull();
            assertThat(request.getVariables()).isEmpty();
            assertThat(request.getExtensions()).isEmpty();
        }
    }

    @Test
    void eachInvalidMember_isNamed() {
        assertThat(errors("{\"query\":1,\"operationName\":1,\"variables\":1,\"extensions\":1}"))
                .containsExactly("/query", "/operationName", "/variables", "/extensions");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "[]", "7", "{", "{\"query\":\"{a}\"", "{\"query\":\"{a}\"}x", "{'query':1}"})
    void bodyThatIsNotAnObject_isInvalidAsAWhole(String body) {
        assertThat(errors(body)).containsExactly("");
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-16", "UTF-16LE", "UTF-16BE", "UTF-32", "UTF-32LE", "UTF-32BE"})
    void bodyNotInUtf8_isInvalidAsAWhole(String charset) {
        assertThat(errors("{\"query\":\"{a}\"}".getBytes(Charset.forName(charset))))
                .containsExactly("");
    }
}
