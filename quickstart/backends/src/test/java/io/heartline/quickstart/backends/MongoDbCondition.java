package io.heartline.quickstart.backends;

import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/** The condition of {@link NeedsMongoDb}. {@link NeedsDocker} decides about Docker. */
final class MongoDbCondition implements ExecutionCondition {

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        ConditionEvaluationResult result =
                evaluate(Backends.inContainers(), context.getRequiredTestClass().getSimpleName());
        if (result.isDisabled() && context.getTestMethod().isEmpty()) {
            result.getReason().ifPresent(System.out::println);
        }
        return result;
    }

    static ConditionEvaluationResult evaluate(boolean isInContainers, String testClass) {
        return isInContainers
                ? ConditionEvaluationResult.enabled("MongoDB runs in a container")
                : ConditionEvaluationResult.disabled(
                        "SKIPPED: " + testClass
                                + " needs MongoDB in a container, because the in-process database cannot show it. Run `mvn verify -Pcontainers`.");
    }
}
