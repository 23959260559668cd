package io.heartline.reports.failure;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Replaces the stack trace by an instruction for the operator. Registered in {@code META-INF/spring.factories}. */
final class HashSecretAnalyzer extends AbstractFailureAnalyzer<HashSecretException> {

    @Override
    protected FailureAnalysis analyze(Throwable failure, HashSecretException e) {
        String action = "Make one secret for all instances of a database (openssl rand -base64 32), keep it, and set"
                + " HEARTLINE_REPORTS_HASH_SECRET, or write it to a file and set HEARTLINE_REPORTS_HASH_SECRET_FILE:"
                + " see \"The hash secret\" in docs/security.md.";
        return new FailureAnalysis(e.getMessage(), action, e);
    }
}
