package io.heartline.web.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.heartline.web.limit.ConcurrencyLimit.Exceeded;
import io.heartline.web.limit.ConcurrencyLimit.Permit;
import io.heartline.web.limit.ConcurrencyLimit.Scope;
import io.heartline.web.security.SecuritySettings.Mode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ConcurrencyLimitTest {

    private final ConcurrencyLimit limit = new ConcurrencyLimit(3, 2, Scope.CALLER, Refusal::new);

    private static final class Refusal extends RuntimeException {

        private static final long serialVersionUID = 1L;

        private final transient Exceeded exceeded;

        Refusal(Exceeded exceeded) {
            this.exceeded = exceeded;
        }
    }

    @Test
    void callerAtMax_isRefused_andOtherCallersAreNot() {
        limit.acquire("alice");
        limit.acquire("alice");

        assertThat(refusal(limit, "alice")).isEqualTo(new Exceeded(Scope.CALLER, 2));
        assertThat(refusal(limit, "bob")).isNull();
    }

    @Test
    void instanceAtMax_refusesEveryCaller() {
        limit.acquire("alice");
        limit.acquire("alice");
        limit.acquire("bob");

        assertThat(refusal(limit, "carol")).isEqualTo(new Exceeded(Scope.INSTANCE, 3));
        assertThat(limit.callers()).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource
    void bothMaximumsAreReached_refusalNamesTheFirstScope(Scope firstScope) {
        ConcurrencyLimit ordered = new ConcurrencyLimit(1, 1, firstScope, Refusal::new);
        ordered.acquire("alice");

        assertThat(refusal(ordered, "alice")).isEqualTo(new Exceeded(firstScope, 1));
    }

    @ParameterizedTest
    @EnumSource
    void refusedAcquire_takesNoPermit(Scope firstScope) {
        ConcurrencyLimit ordered = new ConcurrencyLimit(3, 2, firstScope, Refusal::new);
        Permit one = ordered.acquire("alice");
        Permit two = ordered.acquire("alice");
        assertThat(refusal(ordered, "alice")).isNotNull();
        Permit three = ordered.acquire("bob");
        assertThat(refusal(ordered, "carol")).isNotNull();

        List.of(one, two, three).forEach(Permit::release);

        assertThat(ordered.acquired()).isZero();
        assertThat(ordered.callers()).isZero();
    }

    @Test
    void releasedPermit_canBeAcquiredByAnyCaller() {
        Permit one = limit.acquire("alice");
        limit.acquire("alice");
        limit.acquire("bob");
        one.release();

        assertThat(refusal(limit, "alice")).isNull();
        assertThat(limit.acquired()).isEqualTo(3);
    }

    @Test
    void permitReleasedTwice_countsOnce() {
        Permit permit = limit.acquire("alice");
        limit.acquire("alice");

        permit.release();
        permit.release();

        assertThat(limit.acquired()).isEqualTo(1);
        assertThat(limit.callers()).isEqualTo(1);
    }

    @Test
    void allPermitsAreReleased_callerIsForgotten() {
        Permit one = limit.acquire("alice");
        Permit other = limit.acquire("bob");

        one.release();
        other.release();

        assertThat(limit.callers()).isZero();
    }

    @Test
    void noLimitPerCaller_callerMayHaveAll_andIsNotStored() {
        ConcurrencyLimit ofAll = new ConcurrencyLimit(1_000, Refusal::new);

        for (int i = 0; i < 1_000; i++) {
            ofAll.acquire("alice");
        }

        assertThat(ofAll.callers()).isZero();
        assertThat(refusal(ofAll, "bob")).isEqualTo(new Exceeded(Scope.INSTANCE, 1_000));
    }

    @ParameterizedTest
    @EnumSource
    void permitForSeveral_isForAllOrNone(Scope firstScope) {
        ConcurrencyLimit ordered = new ConcurrencyLimit(10, 6, firstScope, Refusal::new);
        Permit five = ordered.acquire("alice", 5);

        assertThat(catchThrowableOfType(Refusal.class, () -> ordered.acquire("alice", 2)).exceeded)
                .isEqualTo(new Exceeded(Scope.CALLER, 6));
        assertThat(catchThrowableOfType(Refusal.class, () -> ordered.acquire("bob", 6)).exceeded)
                .isEqualTo(new Exceeded(Scope.INSTANCE, 10));
        assertThat(ordered.acquired()).isEqualTo(5);

        five.release();
        assertThat(ordered.acquired()).isZero();
        assertThat(ordered.callers()).isZero();
    }

    @Test
    void permit_growsUpToTheMaximum_andShrinks() {
        Permit permit = limit.acquire("alice");
        permit.add();
        assertThat(catchThrowableOfType(Refusal.class, permit::add).exceeded).isEqualTo(new Exceeded(Scope.CALLER, 2));
        assertThat(limit.acquired()).isEqualTo(2);

        permit.remove();
        permit.add();
        permit.remove();
        permit.remove();
        permit.remove();

        assertThat(limit.acquired()).isZero();
        assertThat(limit.callers()).isZero();
        permit.add();
        permit.release();
        assertThat(limit.acquired()).isZero();
    }

    @Test
    void releasedPermit_neitherGrowsNorShrinks() {
        Permit other = limit.acquire("alice");
        Permit permit = limit.acquire("alice");
        permit.release();

        permit.add();
        permit.remove();

        assertThat(limit.acquired()).isEqualTo(1);
        other.release();
        assertThat(limit.callers()).isZero();
    }

    @Test
    void permitOfNone_isNotStoredPerCaller() {
        Permit permit = limit.acquire("alice");
        permit.remove();
        limit.acquire("alice").release();

        permit.release();

        assertThat(limit.acquired()).isZero();
        assertThat(limit.callers()).isZero();
    }

    @Test
    void acquireWithoutCaller_isForLimitsOfAllCallersOnly() {
        ConcurrencyLimit ofAll = new ConcurrencyLimit(1, Refusal::new);
        ofAll.acquire();

        assertThat(catchThrowableOfType(Refusal.class, ofAll::acquire).exceeded)
                .isEqualTo(new Exceeded(Scope.INSTANCE, 1));
        assertThatIllegalStateException().isThrownBy(limit::acquire);
    }

    /** If a refused attempt took a permit for a moment, another attempt could be refused although a permit is free. */
    @ParameterizedTest
    @EnumSource
    void manyThreads_holdExactlyTheMaximum(Scope scope) throws Exception {
        ConcurrencyLimit two = scope == Scope.CALLER
                ? new ConcurrencyLimit(Integer.MAX_VALUE, 2, scope, Refusal::new)
                : new ConcurrencyLimit(2, 0, scope, Refusal::new);
        int threads = 4;
        CyclicBarrier round = new CyclicBarrier(threads);
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            Callable<List<Boolean>> attempts = () -> {
                List<Boolean> outcomes = new ArrayList<>();
                for (int i = 0; i < 1_000; i++) {
                    round.await(30, TimeUnit.SECONDS);
                    Permit permit = tryAcquire(two);
                    outcomes.add(permit != null);
                    round.await(30, TimeUnit.SECONDS);
                    if (permit != null) {
                        permit.release();
                    }
                }
                return outcomes;
            };
            List<List<Boolean>> outcomes = new ArrayList<>();
            for (Future<List<Boolean>> thread : List.of(
                    pool.submit(attempts), pool.submit(attempts), pool.submit(attempts), pool.submit(attempts))) {
                outcomes.add(thread.get(60, TimeUnit.SECONDS));
            }
            for (int i = 0; i < 1_000; i++) {
                int attempt = i;
                assertThat(outcomes.stream().filter(thread -> thread.get(attempt)))
                        .as("round " + i)
                        .hasSize(2);
            }
        } finally {
            pool.shutdownNow();
        }
        assertThat(two.acquired()).isZero();
        assertThat(two.callers()).isZero();
    }

    @Test
    void limitThatIsNotSet_isTheDefaultWithTokens_andNoneInOpenMode() {
        assertThat(ConcurrencyLimit.maxPerCaller(null, 100, Mode.JWT)).isEqualTo(100);
        assertThat(ConcurrencyLimit.maxPerCaller(null, 100, Mode.OPEN)).isZero();
        assertThat(ConcurrencyLimit.maxPerCaller(7, 100, Mode.JWT)).isEqualTo(7);
        assertThat(ConcurrencyLimit.maxPerCaller(7, 100, Mode.OPEN)).isEqualTo(7);
        assertThat(ConcurrencyLimit.maxPerCaller(0, 100, Mode.JWT)).isZero();
    }

    private static @Nullable Permit tryAcquire(ConcurrencyLimit limit) {
        try {
            return limit.acquire("alice");
        } catch (Refusal e) {
            return null;
        }
    }

    /** Returns null if a permit was acquired. */
    private static @Nullable Exceeded refusal(ConcurrencyLimit limit, String caller) {
        try {
            limit.acquire(caller);
            return null;
        } catch (Refusal e) {
            return e.exceeded;
        }
    }
}
