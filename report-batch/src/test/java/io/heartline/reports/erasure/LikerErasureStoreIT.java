package io.heartline.reports.erasure;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.reports.progress.Progress;
import io.heartline.reports.worker.TestDatabase;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Flux;

class LikerErasureStoreIT {

    private static final Instant NOW = Instant.parse("2026-11-28T12:00:00Z");

    private final TestDatabase database = new TestDatabase();
    private final LikerErasureStore store = new LikerErasureStore(database.mongo);

    @AfterEach
    void close() {
        database.close();
    }

    private LikerErasure add(String author, long liker, Instant now) {
        return store.add(author, liker, "check", now).block();
    }

    private List<LikerErasure> find(String author) {
        return store.find(Set.of(author)).block().getOrDefault(author, List.of());
    }

    /** Every third author has an erased liker. The numbers are on both sides of the limit up to which all erasures are read. */
    @ParameterizedTest
    @CsvSource({"0, 300, 0", "3, 2, 0", "3, 300, 0", "300, 300, 99", "303, 300, 99", "303, 90, 29", "306, 303, 100"})
    void find_returnsTheErasuresOfTheseAuthorsOnly(int erasable, int asked, int found) {
        for (int i = 0; i < erasable; i += 3) {
            add("author-" + i, i, NOW);
        }
        Set<String> authors =
                IntStream.range(1, asked).mapToObj(i -> "author-" + i).collect(Collectors.toSet());

        assertThat(store.find(authors).block()).hasSize(found).allSatisfy((author, erasures) -> {
            assertThat(authors).contains(author);
            assertThat(erasures).singleElement().returns(author, LikerErasure::authorId);
        });
    }

    @Test
    void numbers_ascendInTheOrderOfAdding_whateverTheClock() {
        long first = add("alice", 1, NOW).number();
        long second = add("alice", 2, NOW.minusSeconds(60)).number();
        long third = add("alice", 3, NOW.plusSeconds(60)).number();

        assertThat(first).isEqualTo(NOW.toEpochMilli());
        assertThat(second).isEqualTo(first + 1);
        assertThat(third).isEqualTo(NOW.plusSeconds(60).toEpochMilli());
        assertThat(find("alice").stream().map(LikerErasure::liker)).containsExactly(1L, 2L, 3L);
        assertThat(add("carol", 1, NOW).number()).as("of another author").isEqualTo(first);
    }

    @Test
    void concurrentAdditions_haveConsecutiveNumbers() {
        Flux.range(0, 8).flatMap(i -> store.add("alice", i, "check", NOW), 8).blockLast();

        assertThat(find("alice").stream().map(erasure -> erasure.number() - NOW.toEpochMilli()))
                .containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L);
    }

    @Test
    void pairs_areStoredOnce_andNotAfterTheErasureIsComplete() {
        LikerErasure erasure = add("alice", 1, NOW);
        assertThat(erasure.arePairsMissing()).isTrue();

        store.setPairs(erasure, new byte[] {1}).block();
        store.setPairs(erasure, new byte[] {2}).block();
        assertThat(find("alice").get(0).pairs()).containsExactly(1);
        store.setComplete(erasure).block();
        store.setPairs(erasure, new byte[] {3}).block();

        LikerErasure complete = find("alice").get(0);
        assertThat(complete.pairs()).isNull();
        assertThat(complete.isIncomplete()).isFalse();
        assertThat(complete.arePairsMissing()).isFalse();
    }

    @Test
    void settled_keepsItsFirstOffset_andReplacesEarlierErasuresOfTheSameLiker() {
        add("alice", 1, NOW);
        add("alice", 2, NOW);
        add("carol", 1, NOW);
        LikerErasure later = add("alice", 1, NOW);
        store.settle(later, new EndOffsets.EndOffset("epoch", 3, 100), 0).block();
        store.settle(later, new EndOffsets.EndOffset("epoch", 3, 200), 0).block();

        store.removeEarlier(later).block();

        assertThat(find("alice").stream().map(LikerErasure::liker)).containsExactly(2L, 1L);
        assertThat(find("alice").get(1).through()).isEqualTo(100);
        assertThat(find("carol")).hasSize(1);
    }

    @Test
    void erasedLikers_haveTheirLatestOffset_andIgnoreOtherSecretsAndLogs() {
        Progress progress = Progress.initial(3, "epoch", 4, 0);
        LikerErasure first = settled(1, 7, "check", "epoch", 100);
        LikerErasure again = settled(2, 7, "check", "epoch", 200);
        LikerErasure otherSecret = settled(3, 8, "other", "epoch", 300);
        LikerErasure otherLog = settled(4, 9, "check", "another", 400);
        LikerErasure pending = LikerErasure.requested("alice", 5, 10, "check", NOW);

        ErasedLikers erased = ErasedLikers.of(List.of(first, again, otherSecret, otherLog, pending), "check", progress);

        assertThat(erased.number()).isEqualTo(5);
        assertThat(erased.firstCountedOffsets()).isEqualTo(Map.of(7L, 200L, 9L, 0L, 10L, Long.MAX_VALUE));
        assertThat(ErasedLikers.of(List.of(), "check", progress)).isSameAs(ErasedLikers.NONE);
    }

    private static LikerErasure settled(long number, long liker, String secretCheck, String epoch, long through) {
        return new LikerErasure("id", "alice", number, liker, secretCheck, NOW, NOW, true, null, epoch, 0, 3, through);
    }
}
