package io.heartline.quickstart.backends;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FreePortsTest {

    /** If 500 random ports of 22,000 are chosen independently, a port occurs twice in 997 of 1,000 attempts. */
    @Test
    void portThatWasReturned_isNotReturnedAgain() {
        Set<Integer> found = new HashSet<>();
        for (int n = 1; n <= 500; n++) {
            found.add(FreePorts.find(1)[0]);
            assertThat(found).hasSize(n);
        }
    }
}
