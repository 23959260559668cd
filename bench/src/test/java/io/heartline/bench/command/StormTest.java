package io.heartline.bench.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.bench.model.StormTarget;
import io.heartline.bench.model.Target;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class StormTest {

    @Test
    void withoutToken_theTargetsAreMeasured() {
        assertThat(Storm.measured(EnumSet.of(Target.node, Target.heartline), false))
                .containsExactly(StormTarget.heartline, StormTarget.node);
    }

    @Test
    void withToken_theSecuredGatewayIsMeasuredToo() {
        assertThat(Storm.measured(Set.of(Target.heartline), true))
                .containsExactly(StormTarget.heartline, StormTarget.secured);
    }
}
