package io.heartline.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class AwaitTest {

    @Test
    void countThatIsReached_returnsImmediately() {
        AtomicLong asked = new AtomicLong();

        Await.count(() -> 10 + asked.getAndIncrement(), 10);

        assertThat(asked).hasValue(1);
    }

    @Test
    void growingCount_isAwaitedToTheEnd() {
        AtomicLong arrived = new AtomicLong();

        Await.count(arrived::incrementAndGet, 5);

        assertThat(arrived).hasValue(5);
    }
}
