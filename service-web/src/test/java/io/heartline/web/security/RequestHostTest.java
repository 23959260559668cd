package io.heartline.web.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestHostTest {

    @ParameterizedTest
    @CsvSource({
        "localhost, localhost",
        "localhost:8081, localhost",
        "LocalHost, localhost",
        "localhost.:8081, localhost",
        "event-producer:8081, event-producer",
        "my_service, my_service",
        "xn--bcher-kva.example, xn--bcher-kva.example",
        "127.0.0.1.evil.example, 127.0.0.1.evil.example",
        "127.1, 127.1"
    })
    void name_isWithoutItsPort_inLowerCase_andWithoutADotAtItsEnd(String text, String name) {
        assertThat(RequestHost.parse(text)).isEqualTo(new RequestHost(name, false));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"127.0.0.1", "192.0.2.1:8081", "[::1]", "[::1]:8081", "[2001:DB8::1]", "[::ffff:192.0.2.1]"})
    void address_isKnown_inBothVersions(String text) {
        assertThat(RequestHost.parse(text).isAddress()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                ":8081",
                "a b",
                "a, b",
                "a..b",
                "-.b c",
                "localhost:99999",
                "localhost:123456",
                "localhost:-1",
                "localhost:8o",
                "::1",
                "[::1",
                "[]",
                "[1:2]",
                "[::1%25eth0]",
                "user@localhost",
                "localhost/",
                "http://localhost",
                "bücher.example",
                "%6cocalhost"
            })
    void otherText_isNoHost(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> RequestHost.parse(text));
    }

    @ParameterizedTest
    @ValueSource(ints = {254, 10_000})
    void nameOverTheMaxLength_isNoHost(int length) {
        assertThatIllegalArgumentException().isThrownBy(() -> RequestHost.parse("a".repeat(length)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.", "1.", "a-"})
    void longTextOfManyParts_isNoHost(String part) {
        assertThatIllegalArgumentException().isThrownBy(() -> RequestHost.parse(part.repeat(4_000) + "a"));
    }
}
