package io.heartline.reports.fold;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PostCountsTest {

    @Test
    void postsUpToCapacity_areCountedExactly() {
        PostCounts posts = new PostCounts();
        for (int i = 0; i < 3 * PostCounts.CAPACITY; i++) {
            posts.add("p-" + i % PostCounts.CAPACITY, 1);
        }

        assertThat(posts.sortedById())
                .hasSize(PostCounts.CAPACITY)
                .allMatch(post -> post.likes == 3 && post.tooHighBy == 0);
    }

    @Test
    void postBeyondCapacity_replacesTheLowestRanked() {
        PostCounts posts = new PostCounts();
        for (int i = 0; i < PostCounts.CAPACITY; i++) {
            posts.add(String.format("p-%04d", i), i < PostCounts.CAPACITY - 2 ? 9 : 5);
        }

        posts.add("late", 1);

        assertThat(posts.sortedById()).hasSize(PostCounts.CAPACITY);
        assertThat(posts.sortedById())
                .extracting(post -> post.postId)
                .contains("p-1998")
                .doesNotContain("p-1999");
        assertThat(posts.sortedById())
                .filteredOn(post -> post.postId.equals("late"))
                .allSatisfy(late -> {
                    assertThat(late.likes).isEqualTo(6);
                    assertThat(late.tooHighBy).isEqualTo(5);
                });
    }

    /**
     * Three times as many posts as the capacity, few of them popular. The counts are saved and loaded from time to time.
     */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void count_isNeverTooLow_andNeverTooHighByMoreThanStated(long seed) {
        Random random = new Random(seed);
        PostCounts posts = new PostCounts();
        Map<String, Long> real = new HashMap<>();
        long sum = 0;
        for (int i = 0; i < 60_000; i++) {
            String post = "p-" + (int) (6_000 * Math.pow(random.nextDouble(), 3));
            long likes = 1 + random.nextInt(20);
            posts.add(post, likes);
            real.merge(post, likes, Long::sum);
            sum += likes;
            if (random.nextInt(10_000) == 0) {
                posts = PostCounts.of(posts.toBytes());
            }
        }

        assertThat(real).hasSizeGreaterThan(2 * PostCounts.CAPACITY);
        List<PostCounts.Count> all = posts.sortedById();
        assertThat(all.stream().mapToLong(post -> post.likes).sum())
                .as("sum of all counts")
                .isEqualTo(sum);
        assertThat(all).allSatisfy(post -> assertThat(real.get(post.postId))
                .isBetween(post.likes - post.tooHighBy, post.likes));
        long lowest = all.stream().mapToLong(post -> post.likes).min().orElseThrow();
        List<String> counted = all.stream().map(post -> post.postId).toList();
        assertThat(real.entrySet().stream()
                        .filter(post -> post.getValue() > lowest)
                        .map(Map.Entry::getKey))
                .as("posts with more likes than the lowest count are counted")
                .isSubsetOf(counted);
    }
}
