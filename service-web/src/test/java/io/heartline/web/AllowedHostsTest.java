package io.heartline.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
    void entryThatIsNoName_isRefusedByItsSetting(String entry) {
        assertThatExceptionOfType(InvalidConfigurationPropertyValueException.class)
                .isThrownBy(() -> new AllowedHosts(List.of(entry)))
                .withMessageContaining(AllowedHosts.KEY);
    }

    @Test
    void productionExample_allowsTheNamesByWhichPrometheusScrapes() throws IOException {
        String example = Files.readString(Path.of("..", "compose.production.yml"));
        Matcher setting =
                Pattern.compile("HEARTLINE_SECURITY_ALLOWED_HOSTS: (\\S+)").matcher(example);
        assertThat(setting.find()).isTrue();
        AllowedHosts ofExample = new AllowedHosts(List.of(setting.group(1).split(",")));
        List<String> scraped = Pattern.compile("`([a-z-]+:9080)`")
                .matcher(Files.readString(Path.of("..", "docs", "production.md")))
                .results()
                .map(target -> target.group(1))
                .toList();

        assertThat(scraped).hasSize(3).allMatch(target -> ofExample.contains(RequestHost.parse(target)));
    }
}
