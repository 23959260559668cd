package io.heartline.reports.read.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heartline.reports.http.InvalidParameterException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;

class ReportParametersTest {

    @ParameterizedTest
    @ValueSource(strings = {"0", "1", "30", "1000"})
    void numberInDecimalDigits_isRead(String text) {
        assertThat(number(text)).isEqualTo(Integer.parseInt(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"01", "+1", "-0", " 1", "1 ", "1.0", "\u0661", "\uff11", "", "2147483648", "99999999999999999999"
            })
    void numberInAnotherForm_isRefused(String text) {
        assertThatThrownBy(() -> number(text))
                .isInstanceOfSatisfying(InvalidParameterException.class, e -> assertThat(e.parameter())
                        .isEqualTo("limit"));
    }

    private static int number(String text) {
        MultiValueMap<String, String> parameters = new LinkedMultiValueMap<>();
        parameters.add("limit", text);
        return new ReportParameters(parameters).integer("limit", 0, 1_000, 100);
    }
}
