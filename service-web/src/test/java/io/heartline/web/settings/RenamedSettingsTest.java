package io.heartline.web.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

@Isolated("captures the output of the JVM")
@ExtendWith(OutputCaptureExtension.class)
class RenamedSettingsTest {

    private static void process(StandardEnvironment environment) {
        new RenamedSettings().postProcessEnvironment(environment, new SpringApplication());
    }

    private static StandardEnvironment environment(String variable, String value) {
        StandardEnvironment environment = new StandardEnvironment();
        environment
                .getPropertySources()
                .addFirst(new SystemEnvironmentPropertySource("systemEnvironment", Map.of(variable, value)));
        return environment;
    }

    @ParameterizedTest
    @CsvSource({
        "HEARTLINE_GATEWAY_LINGER, heartline.gateway.close-timeout",
        "HEARTLINE_GATEWAY_FOLDBEHIND, heartline.gateway.digest-threshold",
        "HEARTLINE_PRODUCER_STREAMS_STALL, heartline.producer.streams.stall-timeout",
        "HEARTLINE_REPORTS_KAFKA_BOOTSTRAP_SERVERS, spring.kafka.bootstrap-servers",
        "HEARTLINE_REPORTS_KAFKASSLBUNDLE, spring.kafka.ssl.bundle"
    })
    void oldNameInTheEnvironment_isRefusedWithTheNewName(String variable, String newName) {
        assertThatExceptionOfType(RenamedSettingsException.class)
                .isThrownBy(() -> process(environment(variable, "secret-value")))
                .withMessageContaining(newName)
                .withMessageNotContaining("secret-value");
    }

    @ParameterizedTest
    @CsvSource({
        "HEARTLINE_GATEWAY_STALL_TIMEOUT",
        "HEARTLINE_GATEWAY_CLOSETIMEOUT",
        "HEARTLINE_REPORTS_CHUNKSIZE",
        "HEARTLINE_REPORTS_READ_STALLTIMEOUT",
        "SPRING_KAFKA_BOOTSTRAP_SERVERS"
    })
    void newName_isAccepted(String variable) {
        process(environment(variable, "1"));
    }

    @Test
    void bothNames_areAccepted() {
        StandardEnvironment environment = environment("HEARTLINE_GATEWAY_LINGER", "5s");
        environment
                .getPropertySources()
                .addFirst(new MapPropertySource("arguments", Map.of("heartline.gateway.close-timeout", "5s")));

        process(environment);
    }

    @Test
    void newNameWithItsDefault_doesNotHideTheOldName() {
        StandardEnvironment environment = environment("HEARTLINE_GATEWAY_LINGER", "5s");
        environment
                .getPropertySources()
                .addLast(new MapPropertySource(
                        "Config resource 'class path resource [push-gateway.yml]' via location 'optional:classpath:/'",
                        Map.of("heartline.gateway.close-timeout", "60s")));

        assertThatExceptionOfType(RenamedSettingsException.class).isThrownBy(() -> process(environment));
    }

    @Test
    void startWithAnOldName_endsWithAdvice(CapturedOutput output) {
        SpringApplicationBuilder application =
                new SpringApplicationBuilder(RenamedSettingsTest.class).web(WebApplicationType.NONE);

        assertThatExceptionOfType(RenamedSettingsException.class)
                .isThrownBy(() -> application.run("--heartline.gateway.linger=5s"));

        assertThat(output)
                .contains(
                        "APPLICATION FAILED TO START",
                        "heartline.gateway.linger is now heartline.gateway.close-timeout");
    }

    @Test
    void everyPair_isDocumented() throws Exception {
        String page = Files.readString(Path.of("../docs/upgrading.md"));

        RenamedSettings.RENAMED.forEach((before, now) -> assertThat(page).contains(before));
    }
}
