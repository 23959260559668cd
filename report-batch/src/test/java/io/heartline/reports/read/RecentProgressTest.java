package io.heartline.reports.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.reports.progress.Progress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

class RecentProgressTest {

    private static final Duration MAX_AGE = Duration.ofMillis(100);

    private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE); // System.nanoTime may overflow
    private final List<Sinks.One<Map<Integer, Progress>>> reads = new ArrayList<>();
    private boolean mayShare = true;
    private final RecentProgress progress = new RecentProgress(
            session -> Mono.defer(() -> {
                reads.add(Sinks.one());
                return reads.get(reads.size() - 1).asMono();
            }),
            ProgressFixtures.withoutSessions(),
            () -> mayShare,
            MAX_AGE,
            clock::get);

    private void answer(int read, long next) {
        reads.get(read).tryEmitValue(ProgressFixtures.of("epoch", next));
    }

    private List<Long> request() {
        List<Long> answer = new ArrayList<>();
        progress.get().map(RecentProgressTest::next).subscribe(answer::add, e -> answer.add(-1L));
        return answer;
    }

    private static long next(RecentProgress.Snapshot snapshot) {
        return snapshot.progress().get(0).next();
    }

    @Test
    void concurrentRequests_shareARead() {
        List<Long> first = request();
        List<Long> second = request();

        answer(0, 7);

        assertThat(first).containsExactly(7L);
        assertThat(second).containsExactly(7L);
        assertThat(reads).hasSize(1);
    }

    @Test
    void snapshot_isUsedForItsMaxAge_sinceTheStartOfTheRead() {
        request();
        clock.addAndGet(MAX_AGE.toNanos() / 2);
        answer(0, 7);

        clock.addAndGet(MAX_AGE.toNanos() / 2);
        assertThat(request()).containsExactly(7L);
        assertThat(progress.current()).isNotNull();

        clock.addAndGet(1);
        assertThat(progress.current()).isNull();
        assertThat(request()).isEmpty();
        assertThat(reads).hasSize(2);
    }

    @Test
    void settingsBecomeDifferent_nextRequestStartsItsOwnRead() {
        request();
        answer(0, 7);

        mayShare = false;

        assertThat(progress.current()).isNull();
        assertThat(request()).isEmpty();
        assertThat(reads).hasSize(2);
    }

    @Test
    void requestAfterASlowRead_startsItsOwn() {
        List<Long> early = request();
        clock.addAndGet(MAX_AGE.toNanos() + 1);
        List<Long> late = request();

        answer(0, 7);
        assertThat(early).containsExactly(7L);
        assertThat(late).isEmpty();

        answer(1, 8);
        assertThat(late).containsExactly(8L);
        assertThat(request()).containsExactly(8L);
    }

    @Test
    void slowRead_doesNotReplaceALaterOne() {
        request();
        clock.addAndGet(MAX_AGE.toNanos() + 1);
        request();

        answer(1, 8);
        answer(0, 7);

        assertThat(request()).containsExactly(8L);
    }

    @Test
    void failedRead_isNotShared() {
        List<Long> failed = request();

        reads.get(0).tryEmitError(new IllegalStateException("no database"));

        assertThat(failed).containsExactly(-1L);
        List<Long> retried = request();
        answer(1, 7);
        assertThat(retried).containsExactly(7L);
    }

    @Test
    void readOfOneRequest_isSharedWithLaterOnes() {
        progress.read(null).subscribe();
        answer(0, 7);

        assertThat(request()).containsExactly(7L);
    }
}
