package io.heartline.quickstart.backends;

import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.testcontainers.DockerClientFactory;

/**
 * Skips the tests of {@code mvn verify -Pcontainers} if Docker is not available. The reason is printed once, and the test
 * reports have it for each test. {@code META-INF/services} registers this class.
 */
public final class NeedsDocker implements ExecutionCondition {

    private static final ConditionEvaluationResult RESULT = evaluate();

    /** Creates the condition. JUnit calls this constructor. */
    public NeedsDocker() {}

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
        String reason = "SKIPPED: -Pcontainers needs Docker, which is not available."
                + " `mvn verify` runs the same tests without Docker.";
        System.out.println(reason);
        return ConditionEvaluationResult.disabled(reason);
    }
}
