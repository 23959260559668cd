package io.heartline.reports.mongo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.mongodb.MongoException;
import com.mongodb.MongoTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;
import reactor.test.publisher.TestPublisher;

@Timeout(30)
class BlockingMongoTest {

    private static final Duration LIMIT = Duration.ofMillis(100);

    @Test
    void forEach_passesResultsInOrder_onTheCallingThread() {
        List<Integer> answers = new ArrayList<>();

        BlockingMongo.forEach(
                Flux.range(0, 1_000).delaySubscription(Duration.ofMillis(10)), LIMIT.multipliedBy(100), answer -> {
                    assertThat(Thread.currentThread().getName()).doesNotStartWith("parallel");
                    answers.add(answer);
                });

        assertThat(answers).hasSize(1_000).isSorted();
    }

    /** Together, the results take much longer than the timeout of each result. */
    @Test
    void forEach_timeoutAppliesPerResult() {
        List<Long> answers = new ArrayList<>();

        BlockingMongo.forEach(Flux.interval(Duration.ofMillis(20)).take(25), LIMIT.multipliedBy(4), answers::add);

        assertThat(answers).hasSize(25);
    }

    @Test
    void forEach_timeout_failsAndCancels() {
        TestPublisher<Integer> silent = TestPublisher.create();
        List<Integer> answers = new ArrayList<>();

        assertThatExceptionOfType(MongoTimeoutException.class)
                .isThrownBy(() -> BlockingMongo.forEach(silent.flux(), LIMIT, answers::add));

        silent.assertCancelled();
        assertThat(answers).isEmpty();
    }

    @Test
    void forEach_error_isThrownAfterEarlierResults() {
        List<Integer> answers = new ArrayList<>();
        Flux<Integer> failing = Flux.just(1, 2).concatWith(Flux.error(new MongoException("gone")));

        assertThatExceptionOfType(MongoException.class)
                .isThrownBy(() -> BlockingMongo.forEach(failing, answers::add))
                .withMessage("gone");

        assertThat(answers).containsExactly(1, 2);
    }

    @Test
    void forEach_failingAction_cancels() {
        AtomicBoolean isCancelled = new AtomicBoolean();
        Flux<Integer> endless = Flux.range(0, Integer.MAX_VALUE).doOnCancel(() -> isCancelled.set(true));

        assertThatIllegalStateException()
                .isThrownBy(() -> BlockingMongo.forEach(endless, answer -> {
                    throw new IllegalStateException("at " + answer);
                }));

        assertThat(isCancelled).isTrue();
    }

    @Test
    void forEach_interrupted_endsAndKeepsTheInterruptFlag() {
        Thread.currentThread().interrupt();

        assertThatIllegalStateException().isThrownBy(() -> BlockingMongo.forEach(Flux.never(), answer -> {}));

        assertThat(Thread.interrupted()).isTrue();
    }
}
