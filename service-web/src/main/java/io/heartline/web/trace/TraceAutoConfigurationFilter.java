package io.heartline.web.trace;

import org.springframework.boot.autoconfigure.AutoConfigurationImportFilter;
import org.springframework.boot.autoconfigure.AutoConfigurationMetadata;
import org.springframework.context.EnvironmentAware;
import org.springframework.core.env.Environment;

/**
 * A filter that removes Spring Boot's auto-configurations of traces while traces are off. With them, each request would have a span
 * that is not recorded, and metrics would have exemplars with ids of such traces. Registered in {@code META-INF/spring.factories}.
 */
public final class TraceAutoConfigurationFilter implements AutoConfigurationImportFilter, EnvironmentAware {

    private boolean isEnabled;

    @Override
    public void setEnvironment(Environment environment) {
        isEnabled = environment.getProperty("management.opentelemetry.enabled", boolean.class, false)
                && environment.getProperty("management.tracing.export.enabled", boolean.class, false);
    }

    @Override
    public boolean[] match(String[] autoConfigurations, AutoConfigurationMetadata metadata) {
        boolean[] matches = new boolean[autoConfigurations.length];
        for (int i = 0; i < matches.length; i++) {
            matches[i] = isEnabled || autoConfigurations[i] == null || !isOfTraces(autoConfigurations[i]);
        }
        return matches;
    }

    private static boolean isOfTraces(String autoConfiguration) {
        return autoConfiguration.startsWith("org.springframework.boot.micrometer.tracing.")
                || autoConfiguration.startsWith("org.springframework.boot.opentelemetry.");
    }
}
