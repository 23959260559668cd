package io.heartline.web.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

class AllowedHostsTest {

    private final AllowedHosts allowed = new AllowedHosts(
            List.of("localhost", "*.localhost", "Push-Gateway", "bücher.example", "*.münchen.example"));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost:8081",
                "LOCALHOST",
                "localhost.",
                "a.localhost",
                "a.b.localhost:8081",
                "push-gateway",
                "xn--bcher-kva.example",
                "a.xn--mnchen-3ya.example",
                "192.0.2.1",
                "0.0.0.0:8081",
                "[2001:db8::1]:8081"
            })
    void nameOnTheList_itsSubdomains_andAnyAddress_areAllowed(String host) {
        assertThat(allowed.contains(RequestHost.parse(host))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "evil.example",
                "evil.example:8081",
                "localhost.evil.example",
                "evillocalhost",
                "a.push-gateway",
                "xn--mnchen-3ya.example",
                "127.0.0.1.evil.example",
                "127.1",
                "2130706433"
            })
    void anyOtherName_isNotAllowed(String host) {
        assertThat(allowed.contains(RequestHost.parse(host))).isFalse();
    }

    @Test
    void withoutAnyName_onlyAddressesAreAllowed() {
        AllowedHosts none = new AllowedHosts(List.of());

        assertThat(none.contains(RequestHost.parse("localhost"))).isFalse();
        assertThat(none.contains(RequestHost.parse("127.0.0.1"))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "*", "*.", "http://localhost", "localhost:8081", "a.*.example", "a b", "[::1]"})
    void invalidEntry_isRefusedNamingTheSetting(String entry) {
        assertThatExceptionOfType(InvalidConfigurationPropertyValueException.class)
                .isThrownBy(() -> new AllowedHosts(List.of(entry)))
                .withMessageContaining(AllowedHosts.KEY);
    }
}
