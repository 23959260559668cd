package io.heartline.web.trace;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.mock.env.MockEnvironment;

class TraceAutoConfigurationFilterTest {

    private static final String[] OF_TRACES = {
        "org.springframework.boot.micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration",
        "org.springframework.boot.micrometer.tracing.autoconfigure.prometheus.PrometheusExemplarsAutoConfiguration",
        "org.springframework.boot.opentelemetry.autoconfigure.OpenTelemetrySdkAutoConfiguration"
    };

    private static boolean[] match(MockEnvironment environment, String... autoConfigurations) {
        TraceAutoConfigurationFilter filter = new TraceAutoConfigurationFilter();
        filter.setEnvironment(environment);
        return filter.match(autoConfigurations, null);
    }

    @ParameterizedTest
    @CsvSource({"false, false", "true, false", "false, true"})
    void tracingOff_removesTraceAutoConfigurations(String isEnabled, String isExported) {
        MockEnvironment environment = new MockEnvironment()
                .withProperty("management.opentelemetry.enabled", isEnabled)
                .withProperty("management.tracing.export.enabled", isExported);

        assertThat(match(environment, OF_TRACES)).containsOnly(false);
    }

    @Test
    void noSettings_tracingIsOff() {
        assertThat(match(new MockEnvironment(), OF_TRACES)).containsOnly(false);
    }

    @Test
    void tracingOn_keepsTraceAutoConfigurations() {
        MockEnvironment environment = new MockEnvironment()
                .withProperty("management.opentelemetry.enabled", "true")
                .withProperty("management.tracing.export.enabled", "true");

        assertThat(match(environment, OF_TRACES)).containsOnly(true);
    }

    @Test
    void otherAutoConfigurations_stay() {
        assertThat(match(
                        new MockEnvironment(),
                        "org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration",
                        null))
                .containsExactly(true, true);
    }
}
