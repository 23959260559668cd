package io.heartline.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class BoundsCacheTest {

    private final List<CompletableFuture<LogReader.Bounds>> asked = new ArrayList<>();
    private final List<Runnable> delayed = new ArrayList<>();
    private long now = 1;
    private Error error;
    private final BoundsCache cache = new BoundsCache(this::ask, () -> now, nanos -> delayed::add);

    @Test
    void clientsThatAskTogether_shareOneQuestion() {
        List<CompletableFuture<LogReader.Bounds>> crowd = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            crowd.add(get(i % 100));
        }

        answer(0, 100);

        assertThat(asked).hasSize(1);
        assertThat(crowd).allMatch(CompletableFuture::isDone);
    }

    @Test
    void withinTheMaxAge_anOffsetUpToTheKnownEnd_isJudgedWithoutAsking() {
        get(50);
        answer(0, 100);
        now += BoundsCache.MAX_AGE.toNanos() - 1;

        assertThat(get(100)).isCompletedWithValue(new LogReader.Bounds(0, 100));

        assertThat(asked).hasSize(1);
    }

    @Test
    void afterTheMaxAge_itIsAskedAgain() {
        get(50);
        answer(0, 100);
        now += BoundsCache.MAX_AGE.toNanos();

        get(50);

        assertThat(asked).hasSize(2);
    }

    @Test
    void anOffsetAfterTheKnownEnd_isNotRefusedBeforeKafkaIsAskedAgain() {
        get(50);
        answer(0, 100);
        now += BoundsCache.MIN_INTERVAL.toNanos();

        CompletableFuture<LogReader.Bounds> ahead = get(110);

        assertThat(ahead).isNotDone();
        answer(1, 120);
        assertThat(ahead).isCompletedWithValue(new LogReader.Bounds(0, 120));
    }

    @Test
    void aLoopWithOffsetsAfterTheEnd_isOneQuestionEachInterval() {
        get(50);
        answer(0, 100);

        for (int i = 0; i < 1_000; i++) {
            get(Long.MAX_VALUE);
        }

        assertThat(asked).hasSize(1);
        assertThat(delayed).hasSize(1);
        now += BoundsCache.MIN_INTERVAL.toNanos();
        delayed.remove(0).run();
        for (int i = 0; i < 1_000; i++) {
            get(Long.MAX_VALUE);
        }
        assertThat(asked).hasSize(2);
        answer(1, 100);
        assertThat(asked).hasSize(2);
        assertThat(delayed).hasSize(1);
    }

    @Test
    void anAnswerThatIsOlderThanTheRequest_andShowsAnEarlierEnd_isNotTakenForIt() {
        get(50);

        CompletableFuture<LogReader.Bounds> ahead = get(110);
        answer(0, 100);
        assertThat(ahead).isNotDone();
        now += BoundsCache.MIN_INTERVAL.toNanos();
        delayed.remove(0).run();
        answer(1, 120);

        assertThat(ahead).isCompletedWithValue(new LogReader.Bounds(0, 120));
    }

    @Test
    void aFailure_failsThoseThatWait_andIsNotRemembered() {
        CompletableFuture<LogReader.Bounds> first = get(50);
        CompletableFuture<LogReader.Bounds> second = get(60);
        asked.get(0).completeExceptionally(new IllegalStateException("Kafka is away"));
        assertThat(first).isCompletedExceptionally();
        assertThat(second).isCompletedExceptionally();
        now += BoundsCache.MIN_INTERVAL.toNanos();

        CompletableFuture<LogReader.Bounds> again = get(50);
        answer(1, 100);

        assertThat(again).isCompletedWithValue(new LogReader.Bounds(0, 100));
    }

    @Test
    void partitions_areAskedForSeparately() {
        get(50);

        cache.get(4, 50);

        assertThat(asked).hasSize(2);
    }

    @Test
    void askThrowsAnError_theRequestFails_andLaterRequestsDoNotWaitForIt() {
        error = new InternalError("unable to create native thread");
        assertThat(get(50)).failsWithin(Duration.ZERO).withThrowableThat().withCause(error);
        error = null;
        now += BoundsCache.MIN_INTERVAL.toNanos();

        CompletableFuture<LogReader.Bounds> next = get(50);

        answer(0, 100);
        assertThat(next).isCompletedWithValue(new LogReader.Bounds(0, 100));
    }

    private CompletableFuture<LogReader.Bounds> get(long offset) {
        return cache.get(3, offset).toCompletableFuture();
    }

    private CompletableFuture<LogReader.Bounds> ask(int partition) {
        if (error != null) {
            throw error;
        }
        CompletableFuture<LogReader.Bounds> answer = new CompletableFuture<>();
        asked.add(answer);
        return answer;
    }

    private void answer(int question, long end) {
        asked.get(question).complete(new LogReader.Bounds(0, end));
    }
}
