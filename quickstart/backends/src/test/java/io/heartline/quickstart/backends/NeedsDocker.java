package io.heartline.quickstart.backends;

import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.testcontainers.DockerClientFactory;

/**
 * Skips what would run against containers where there is no Docker, and says so: once on the console, and as each test's
 * reason in the reports. Registered by {@code META-INF/services}, for {@code mvn verify -Pcontainers} alone.
 */
public final class NeedsDocker implements ExecutionCondition {

    private static final ConditionEvaluationResult RESULT = evaluate();

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        return RESULT;
    }

    private static ConditionEvaluationResult evaluate() {
        if (!Backends.inContainers()) {
            return ConditionEvaluationResult.enabled("in-process");
        }
        if (DockerClientFactory.instance().isDockerAvailable()) {
            return ConditionEvaluationResult.enabled("against containers");
        }
        String reason = "SKIPPED: -Pcontainers takes a Docker, and none answers here."
                + " `mvn verify` runs the same tests without one.";
        System.out.println(reason);
        return ConditionEvaluationResult.disabled(reason);
    }
}
