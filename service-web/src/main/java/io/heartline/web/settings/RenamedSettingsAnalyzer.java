package io.heartline.web.settings;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Prints the new names instead of a stack trace. Registered in {@code META-INF/spring.factories}. */
final class RenamedSettingsAnalyzer extends AbstractFailureAnalyzer<RenamedSettingsException> {

    @Override
    protected FailureAnalysis analyze(Throwable failure, RenamedSettingsException e) {
        return new FailureAnalysis(
                e.getMessage(),
                "Use the new names, in files, arguments and environment variables. docs/upgrading.md lists them, with all settings of Kafka.",
                e);
    }
}
