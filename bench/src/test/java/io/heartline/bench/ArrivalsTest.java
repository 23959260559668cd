package io.heartline.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ArrivalsTest {

    @Test
    void whatHasArrivedAlready_isNotWaitedFor() {
        AtomicLong asked = new AtomicLong();

        Arrivals.await(() -> 10 + asked.getAndIncrement(), 10);

        assertThat(asked).hasValue(1);
    }

    @Test
    void whatKeepsArriving_isWaitedForToTheLast() {
        AtomicLong arrived = new AtomicLong();

        Arrivals.await(arrived::incrementAndGet, 5);

        assertThat(arrived).hasValue(5);
    }
}
