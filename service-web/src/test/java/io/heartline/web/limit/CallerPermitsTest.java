package io.heartline.web.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.web.security.SecuritySettings.Mode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class CallerPermitsTest {

    private final CallerPermits permits = new CallerPermits(2);

    @Test
    void callerAtMax_isRefused_andOtherCallersAreNot() {
        assertThat(permits.tryAcquire("alice")).isTrue();
        assertThat(permits.tryAcquire("alice")).isTrue();

        assertThat(permits.tryAcquire("alice")).isFalse();
        assertThat(permits.tryAcquire("bob")).isTrue();
    }

    @Test
    void permitIsReleased_callerMayAcquireAnother() {
        permits.tryAcquire("alice");
        permits.tryAcquire("alice");
        permits.release("alice");

        assertThat(permits.tryAcquire("alice")).isTrue();
    }

    @Test
    void allPermitsAreReleased_callerIsForgotten() {
        permits.tryAcquire("alice");
        permits.tryAcquire("bob");

        permits.release("alice");
        permits.release("bob");

        assertThat(permits.callers()).isZero();
    }

    @Test
    void refusedAcquire_takesNoPermit() {
        permits.tryAcquire("alice");
        permits.tryAcquire("alice");
        permits.tryAcquire("alice");

        permits.release("alice");
        permits.release("alice");

        assertThat(permits.callers()).isZero();
    }

    @Test
    void noLimit_allAreAccepted_andNoCallerIsStored() {
        CallerPermits unlimited = new CallerPermits(0);

        for (int i = 0; i < 1_000; i++) {
            assertThat(unlimited.tryAcquire("alice")).isTrue();
        }
        assertThat(unlimited.callers()).isZero();
        unlimited.release("alice");
        assertThat(unlimited.callers()).isZero();
    }

    /** A refused attempt that counted for a moment would refuse an attempt that a permit is free for. */
    @Test
    void manyThreads_holdExactlyTheMaximum() throws Exception {
        int threads = 4;
        CyclicBarrier round = new CyclicBarrier(threads);
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            Callable<List<Boolean>> attempts = () -> {
                List<Boolean> outcomes = new ArrayList<>();
                for (int i = 0; i < 2_000; i++) {
                    round.await(30, TimeUnit.SECONDS);
                    boolean isAcquired = permits.tryAcquire("alice");
                    outcomes.add(isAcquired);
                    round.await(30, TimeUnit.SECONDS);
                    if (isAcquired) {
                        permits.release("alice");
                    }
                }
                return outcomes;
            };
            List<List<Boolean>> outcomes = new ArrayList<>();
            for (Future<List<Boolean>> thread : List.of(
                    pool.submit(attempts), pool.submit(attempts), pool.submit(attempts), pool.submit(attempts))) {
                outcomes.add(thread.get(60, TimeUnit.SECONDS));
            }
            for (int i = 0; i < 2_000; i++) {
                int attempt = i;
                assertThat(outcomes.stream().filter(thread -> thread.get(attempt)))
                        .as("round " + i)
                        .hasSize(2);
            }
        } finally {
            pool.shutdownNow();
        }
        assertThat(permits.callers()).isZero();
    }

    @Test
    void limitThatIsNotSet_isTheDefaultWithTokens_andNoneInOpenMode() {
        assertThat(CallerPermits.max(null, 100, Mode.JWT)).isEqualTo(100);
        assertThat(CallerPermits.max(null, 100, Mode.OPEN)).isZero();
        assertThat(CallerPermits.max(7, 100, Mode.JWT)).isEqualTo(7);
        assertThat(CallerPermits.max(7, 100, Mode.OPEN)).isEqualTo(7);
        assertThat(CallerPermits.max(0, 100, Mode.JWT)).isZero();
    }
}
