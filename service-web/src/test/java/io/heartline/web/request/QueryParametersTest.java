package io.heartline.web.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heartline.web.problem.InvalidParameterException;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpMethod;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;

class QueryParametersTest {

    @ParameterizedTest
    @ValueSource(strings = {"0", "1", "30", "1000"})
    void numberInDecimalDigits_isRead(String text) {
        assertThat(limit(text).wholeNumber("limit", 0, 1_000, 100)).isEqualTo(Integer.parseInt(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "01",
                "+1",
                "-0",
                "-1",
                " 1",
                "1 ",
                "1.0",
                "1001",
                "\u0661",
                "\uff11",
                "",
                "2147483648",
                "99999999999999999999"
            })
    void numberInAnotherFormOrRange_isRefused(String text) {
        assertThatThrownBy(() -> limit(text).wholeNumber("limit", 0, 1_000, 100))
                .isInstanceOfSatisfying(InvalidParameterException.class, e -> {
                    assertThat(e.parameter()).isEqualTo("limit");
                    assertThat(e.rule()).isEqualTo("must be a whole number from 0 to 1000");
                });
    }

    @Test
    void missingParameter_isTheDefault() {
        QueryParameters query = query("other=1");

        assertThat(query.has("limit")).isFalse();
        assertThat(query.text("limit")).isNull();
        assertThat(query.all("limit")).isEmpty();
        assertThat(query.wholeNumber("limit", 0, 1_000, 100)).isEqualTo(100);
    }

    @Test
    void parameterWithoutValue_isEmpty_andNoNumber() {
        QueryParameters query = query("limit");

        assertThat(query.has("limit")).isTrue();
        assertThat(query.text("limit")).isEmpty();
        assertThatThrownBy(() -> query.wholeNumber("limit", 0, 1_000, 100))
                .isInstanceOf(InvalidParameterException.class);
    }

    @Test
    void parameterGivenMoreThanOnce_firstValueCounts() {
        QueryParameters query = query("limit=2&limit=3");

        assertThat(query.wholeNumber("limit", 0, 1_000, 100)).isEqualTo(2);
        assertThat(query.all("limit")).isEqualTo(List.of("2", "3"));
    }

    private static QueryParameters query(String text) {
        return new QueryParameters(MockServerHttpRequest.method(HttpMethod.GET, URI.create("http://localhost/?" + text))
                .build()
                .getQueryParams());
    }

    private static QueryParameters limit(String text) {
        MultiValueMap<String, String> values = new LinkedMultiValueMap<>();
        values.add("limit", text);
        return new QueryParameters(values);
    }
}
