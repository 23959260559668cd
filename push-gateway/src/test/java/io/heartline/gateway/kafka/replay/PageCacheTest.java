package io.heartline.gateway.kafka.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.gateway.stream.History;
import io.heartline.gateway.stream.LogEntry;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class PageCacheTest {

    private static final PageCache.AuthorsKey ALICE = new PageCache.AuthorsKey(3, Set.of("alice"));
    private static final PageCache.AuthorsKey BOB = new PageCache.AuthorsKey(3, Set.of("bob"));
    private static final int EVENT_BYTES = 1_000;

    private final PageCache cache = new PageCache(10 * EVENT_BYTES);

    @Test
    void coveredOffset_isServedFromThatOffset() {
        cache.put(ALICE, 10, page(30, 10, 15, 20, 25));

        assertThat(offsets(cache.get(ALICE, 10))).containsExactly(10L, 15L, 20L, 25L);
        assertThat(offsets(cache.get(ALICE, 16))).containsExactly(20L, 25L);
        assertThat(offsets(cache.get(ALICE, 26))).isEmpty();
        assertThat(cache.get(ALICE, 26).next()).isEqualTo(30);
    }

    @Test
    void uncoveredOffset_orOtherAuthorOrPartition_isNotServed() {
        cache.put(ALICE, 10, page(30, 10, 20));

        assertThat(cache.get(ALICE, 9)).isNull();
        assertThat(cache.get(ALICE, 30)).isNull();
        assertThat(cache.get(BOB, 10)).isNull();
        assertThat(cache.get(new PageCache.AuthorsKey(4, Set.of("alice")), 10)).isNull();
    }

    @Test
    void maxBytesExceeded_leastRecentlyUsedPageIsEvicted() {
        cache.put(ALICE, 0, page(100, 0, 1, 2));
        cache.put(BOB, 0, page(100, 0, 1, 2));
        assertThat(cache.get(ALICE, 0)).isNotNull();

        cache.put(ALICE, 100, page(200, 100, 101, 102));

        assertThat(cache.get(BOB, 0)).isNull();
        assertThat(cache.get(ALICE, 0)).isNotNull();
        assertThat(cache.get(ALICE, 100)).isNotNull();
        assertThat(cache.bytes()).isBetween(6L * EVENT_BYTES, 10L * EVENT_BYTES);
    }

    @Test
    void emptyPages_areBounded() {
        for (int i = 0; i < 1_000; i++) {
            cache.put(ALICE, i, page(i + 1));
        }

        assertThat(cache.bytes()).isLessThanOrEqualTo(10 * EVENT_BYTES);
        assertThat(cache.get(ALICE, 0)).isNull();
        assertThat(cache.get(ALICE, 999)).isNotNull();
    }

    @Test
    void authorsOfKey_areCounted() {
        Set<String> many =
                IntStream.range(0, 100).mapToObj(i -> "a".repeat(100) + i).collect(Collectors.toSet());

        cache.put(new PageCache.AuthorsKey(3, many), 0, page(100));

        assertThat(cache.get(new PageCache.AuthorsKey(3, many), 0)).isNull();
        assertThat(cache.bytes()).isZero();
    }

    @Test
    void pageLargerThanMaxBytes_isNotCached() {
        cache.put(ALICE, 0, page(100, LongStream.range(0, 20).toArray()));

        assertThat(cache.get(ALICE, 0)).isNull();
        assertThat(cache.bytes()).isZero();
    }

    @Test
    void pageReadAgain_replacesPrevious_andIsCountedOnce() {
        cache.put(ALICE, 0, page(10, 1));
        long before = cache.bytes();

        cache.put(ALICE, 0, page(20, 1));

        assertThat(cache.bytes()).isEqualTo(before);
        assertThat(cache.get(ALICE, 15)).isNotNull();
    }

    @Test
    void concurrentUse_keepsTheBound() {
        CompletableFuture<?>[] threads = IntStream.range(0, 4)
                .mapToObj(thread -> CompletableFuture.runAsync(() -> {
                    for (int i = 0; i < 5_000; i++) {
                        PageCache.AuthorsKey author =
                                new PageCache.AuthorsKey(i % 5, Set.of("author-" + (i + thread) % 7));
                        cache.put(author, i % 3 * 10, page(i % 3 * 10 + 10, i % 3 * 10));
                        History.Page page = cache.get(author, i % 30);
                        assertThat(page == null || page.next() > i % 30).isTrue();
                    }
                }))
                .toArray(CompletableFuture[]::new);

        CompletableFuture.allOf(threads).join();

        assertThat(cache.bytes()).isBetween(1L, 10L * EVENT_BYTES);
    }

    private static History.Page page(long next, long... offsets) {
        List<LogEntry> entries = LongStream.of(offsets)
                .mapToObj(offset -> new LogEntry("alice", offset, 0, new byte[EVENT_BYTES]))
                .toList();
        return new History.Page(entries, next);
    }

    private static List<Long> offsets(History.Page page) {
        return page.entries().stream().map(entry -> entry.offset).toList();
    }
}
