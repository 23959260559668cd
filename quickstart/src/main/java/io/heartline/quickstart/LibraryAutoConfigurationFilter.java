package io.heartline.quickstart;

import java.util.Arrays;
import org.springframework.boot.autoconfigure.AutoConfigurationImportFilter;
import org.springframework.boot.autoconfigure.AutoConfigurationMetadata;
import org.springframework.context.EnvironmentAware;
import org.springframework.core.env.Environment;

/**
 * Three services share this JVM's class path, but not their libraries: that one of them uses MongoDB must not configure a
 * client in the others. On its own, each service has just what it uses.
 */
public class LibraryAutoConfigurationFilter implements AutoConfigurationImportFilter, EnvironmentAware {

    /** Packages whose auto-configurations a service is to do without. */
    static final String EXCLUDED = "heartline.quickstart.without";

    private String[] excluded = {};

    @Override
    public void setEnvironment(Environment environment) {
        excluded = environment.getProperty(EXCLUDED, String[].class, excluded);
    }

    @Override
    public boolean[] match(String[] autoConfigurations, AutoConfigurationMetadata metadata) {
        boolean[] matches = new boolean[autoConfigurations.length];
        for (int i = 0; i < matches.length; i++) {
            String name = autoConfigurations[i];
            matches[i] = name == null || Arrays.stream(excluded).noneMatch(name::startsWith);
        }
        return matches;
    }
}
