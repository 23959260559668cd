package io.heartline.reports.fold;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.reports.fold.Figures.PostLikes;
import java.util.List;
import org.junit.jupiter.api.Test;

class StoredPostsTest {

    @Test
    void posts_areSortedById_withAllLikes() {
        PostCounts counts = new PostCounts();
        counts.add("b", 2);
        counts.add("a", 1);
        counts.add("b", 3);

        assertThat(StoredPosts.of(true, counts.toBytes()))
                .isEqualTo(new StoredPosts(List.of(new PostLikes("a", 1), new PostLikes("b", 5)), true));
    }

    @Test
    void posts_areComplete_upToTheNumberOfCounters() {
        PostCounts counts = new PostCounts();
        for (int i = 0; i < PostCounts.CAPACITY; i++) {
            counts.add("p-" + i, 1);
        }
        assertThat(StoredPosts.of(true, counts.toBytes()).isComplete()).isTrue();

        counts.add("another", 1);
        StoredPosts beyond = StoredPosts.of(true, counts.toBytes());
        assertThat(beyond.isComplete()).isFalse();
        assertThat(beyond.posts()).hasSize(PostCounts.CAPACITY);
    }

    @Test
    void postsOfAnEstimatedWeek_mayBeIncomplete() {
        assertThat(StoredPosts.of(false, new PostCounts().toBytes()).isComplete())
                .isFalse();
    }
}
