package io.heartline.quickstart;

import java.util.Arrays;
import org.springframework.boot.autoconfigure.AutoConfigurationImportFilter;
import org.springframework.boot.autoconfigure.AutoConfigurationMetadata;
import org.springframework.context.EnvironmentAware;
import org.springframework.core.env.Environment;

/**
 * Removes the auto-configurations of libraries that a service does not use. The three services share this JVM's class path, so
 * that Spring Boot would otherwise create a MongoDB client in each of them.
 */
public class LibraryAutoConfigurationFilter implements AutoConfigurationImportFilter, EnvironmentAware {

    /** The setting with the packages whose auto-configurations are removed, separated by commas. */
    static final String EXCLUDED = "heartline.quickstart.excluded-packages";

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
