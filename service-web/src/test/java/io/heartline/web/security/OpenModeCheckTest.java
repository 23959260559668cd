package io.heartline.web.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.mock.env.MockEnvironment;

/** Tests that a service without authentication listens on loopback only, unless {@code open-beyond-loopback} is set. */
@Isolated("captures the output of the JVM")
@ExtendWith(OutputCaptureExtension.class)
class OpenModeCheckTest {

    private final MockEnvironment environment = new MockEnvironment();

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.8.9.10", "::1", "0:0:0:0:0:0:0:1", "localhost"})
    void loopbackAddress_isAllowed(String address) {
        environment.setProperty("server.address", address);

        assertThatNoException().isThrownBy(() -> OpenModeCheck.check(environment, false));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::", "192.0.2.1", "10.0.0.1", "fe80::1", "2001:db8::1", ""})
    void otherAddress_isRefused(String address) {
        environment.setProperty("server.address", address);

        assertRefused("server.address");
    }

    @Test
    void noAddress_isRefused() {
        assertRefused("server.address");
    }

    @Test
    void otherAddress_isAllowed_withOpenBeyondLoopback() {
        environment.setProperty("server.address", "0.0.0.0");

        assertThatNoException().isThrownBy(() -> OpenModeCheck.check(environment, true));
    }

    @Test
    void managementPort_isCheckedToo() {
        environment.setProperty("server.address", "127.0.0.1");
        environment.setProperty("management.server.port", "9000");
        assertRefused("management.server.address");

        environment.setProperty("management.server.address", "0.0.0.0");
        assertRefused("management.server.address");

        environment.setProperty("management.server.address", "127.0.0.1");
        assertThatNoException().isThrownBy(() -> OpenModeCheck.check(environment, false));
    }

    @Test
    void refusedService_failsStartupBeforeListening_andReportsTheRemedy(CapturedOutput output) {
        assertThatExceptionOfType(OpenBeyondLoopbackException.class)
                .isThrownBy(() -> start("--server.address=0.0.0.0"));

        assertThat(output)
                .contains(
                        "APPLICATION FAILED TO START",
                        "server.address is 0.0.0.0",
                        "heartline.security.mode=jwt",
                        "server.address=127.0.0.1")
                .contains("HEARTLINE_SECURITY_OPEN_BEYOND_LOOPBACK")
                .doesNotContain("it listens");
    }

    @Test
    void http2_isRefusedByItsName() {
        assertThatExceptionOfType(InvalidConfigurationPropertyValueException.class)
                .isThrownBy(() -> start("--server.address=127.0.0.1", "--server.http2.enabled=true"))
                .withMessageContaining("server.http2.enabled");
    }

    @Test
    void unknownMode_failsStartupNamingTheMode(CapturedOutput output) {
        assertThatExceptionOfType(BindException.class).isThrownBy(() -> start("--heartline.security.mode=closed"));

        assertThat(output).contains("heartline.security.mode", "closed", "OPEN");
    }

    private void assertRefused(String key) {
        assertThatExceptionOfType(OpenBeyondLoopbackException.class)
                .isThrownBy(() -> OpenModeCheck.check(environment, false))
                .withMessageStartingWith(key + " is ");
    }

    @EnableAutoConfiguration
    static class AnyComponent {}

    private static void start(String... settings) {
        ApplicationListener<WebServerInitializedEvent> listens = event -> System.out.println("it listens");
        new SpringApplicationBuilder(AnyComponent.class)
                .listeners(listens)
                .run(Stream.concat(Stream.of("--server.port=0"), Stream.of(settings))
                        .toArray(String[]::new))
                .close();
    }
}
