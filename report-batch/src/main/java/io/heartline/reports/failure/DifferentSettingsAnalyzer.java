package io.heartline.reports.failure;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Replaces the stack trace by an instruction for the operator. Registered in {@code META-INF/spring.factories}. */
final class DifferentSettingsAnalyzer extends AbstractFailureAnalyzer<DifferentSettingsException> {

    @Override
    protected FailureAnalysis analyze(Throwable failure, DifferentSettingsException e) {
        String action = e.isSecretOnly()
                ? "Set the secret of the other instances (heartline.reports.hash-secret). If there is none, or it is to be"
                        + " replaced, stop all instances and run report-batch --accept-new-secret: see docs/upgrading.md."
                : "Start it with the settings of the database, or with another database (spring.mongodb.uri):"
                        + " see \"Another time zone\" in docs/running-the-batch.md.";
        return new FailureAnalysis(e.getMessage(), action, e);
    }
}
