package io.heartline.producer.like;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.http.HttpHeaders;

class PreferencesTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "handling=strict;false;true",
                "Handling=STRICT, Return=Minimal;true;true",
                "handling=\"strict\"|p=1, wait=5;false;true",
                "respond-async, return = minimal;true;false",
                "return=representation, return=minimal;false;false",
                "handling=lenient, handling=strict;false;false",
                "handling;false;false",
                "strict;false;false",
                ",;false;false",
            })
    void preferences_areReadAsInRfc7240(String header, boolean isMinimal, boolean isStrict) {
        HttpHeaders headers = new HttpHeaders();
        headers.add("Prefer", header.replace('|', ';'));

        assertThat(Preferences.of(headers)).isEqualTo(new Preferences(isMinimal, isStrict));
    }

    @Test
    void severalHeaders_areOneList() {
        HttpHeaders headers = new HttpHeaders();
        headers.add("Prefer", "return=minimal");
        headers.add("Prefer", "handling=strict");

        assertThat(Preferences.of(headers)).isEqualTo(new Preferences(true, true));
    }

    @Test
    void appliedPreferences_areListed() {
        assertThat(applied(new Preferences(true, true), true)).isEqualTo("return=minimal, handling=strict");
        assertThat(applied(new Preferences(true, true), false)).isEqualTo("handling=strict");
        assertThat(applied(new Preferences(true, false), true)).isEqualTo("return=minimal");
        assertThat(applied(new Preferences(true, false), false)).isNull();
        assertThat(applied(Preferences.NONE, true)).isNull();
    }

    private static String applied(Preferences preferences, boolean isReturnApplied) {
        HttpHeaders headers = new HttpHeaders();
        preferences.addApplied(headers, isReturnApplied);
        return headers.getFirst("Preference-Applied");
    }
}
