package io.heartline.web.security;

import org.springframework.boot.autoconfigure.AutoConfigurationImportFilter;
import org.springframework.boot.autoconfigure.AutoConfigurationMetadata;
import org.springframework.context.EnvironmentAware;
import org.springframework.core.env.Environment;

/**
 * A filter that removes Spring Security in open mode, because Spring Boot would require a generated password of every client.
 * Registered in {@code META-INF/spring.factories}.
 */
public final class OpenModeAutoConfigurationFilter implements AutoConfigurationImportFilter, EnvironmentAware {

    private boolean isOpen = true;

    @Override
    public void setEnvironment(Environment environment) {
        isOpen = !"jwt".equalsIgnoreCase(environment.getProperty("heartline.security.mode"));
    }

    @Override
    public boolean[] match(String[] autoConfigurations, AutoConfigurationMetadata metadata) {
        boolean[] matches = new boolean[autoConfigurations.length];
        for (int i = 0; i < matches.length; i++) {
            matches[i] = !isOpen || autoConfigurations[i] == null || !isOfSecurity(autoConfigurations[i]);
        }
        return matches;
    }

    private static boolean isOfSecurity(String autoConfiguration) {
        return autoConfiguration.startsWith("org.springframework.boot.security.")
                || autoConfiguration.startsWith("org.springframework.boot.graphql.autoconfigure.security.");
    }
}
