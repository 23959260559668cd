package io.heartline.quickstart.backends;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;

class MongoDbConditionTest {

    @Test
    void withoutContainers_testIsSkipped_andTheReasonHasTheCommand() {
        ConditionEvaluationResult result = MongoDbCondition.evaluate(false, "QueryPlansIT");

        assertThat(result.isDisabled()).isTrue();
        assertThat(result.getReason().orElseThrow())
                .startsWith("SKIPPED: QueryPlansIT needs MongoDB in a container")
                .contains("`mvn verify -Pcontainers`");
    }

    @Test
    void withContainers_testRuns() {
        assertThat(MongoDbCondition.evaluate(true, "QueryPlansIT").isDisabled()).isFalse();
    }
}
