package io.heartline.web.security;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Prints advice instead of a stack trace. Registered in {@code META-INF/spring.factories}. */
final class OpenBeyondLoopbackAnalyzer extends AbstractFailureAnalyzer<OpenBeyondLoopbackException> {

    @Override
    protected FailureAnalysis analyze(Throwable failure, OpenBeyondLoopbackException e) {
        String action = "Set heartline.security.mode=jwt, so that requests need tokens, or " + e.key()
                + "=127.0.0.1. Or, if a proxy in front of the port lets only permitted clients through,"
                + " heartline.security.open-beyond-loopback=true (in the environment:"
                + " HEARTLINE_SECURITY_OPEN_BEYOND_LOOPBACK).";
        return new FailureAnalysis(e.getMessage(), action, e);
    }
}
