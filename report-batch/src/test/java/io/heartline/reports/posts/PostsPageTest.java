package io.heartline.reports.posts;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.reports.fold.Figures.PostLikes;
import io.heartline.reports.fold.StoredPosts;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.threeten.extra.YearWeek;

class PostsPageTest {

    private static final YearWeek WEEK = YearWeek.of(2026, 47);

    private static StoredPosts posts(String... ids) {
        return new StoredPosts(Stream.of(ids).map(id -> new PostLikes(id, 1)).toList(), true);
    }

    @Test
    void pageThatEndsTheList_hasNoNext() {
        assertThat(PostsPage.of(posts("a", "b"), WEEK, null, 2))
                .isEqualTo(new PostsPage(posts("a", "b").posts(), null, true));
        assertThat(PostsPage.of(posts(), WEEK, null, 2)).isEqualTo(new PostsPage(List.of(), null, true));
    }

    @Test
    void pageBeforeTheEnd_hasTheCursorOfItsLastPost() {
        PostsPage page = PostsPage.of(posts("a", "b", "c"), WEEK, null, 2);

        assertThat(page.items()).extracting(PostLikes::postId).containsExactly("a", "b");
        assertThat(page.next()).isEqualTo(new PostCursor(WEEK, "b").toString());
    }

    @Test
    void pageAfterACursor_startsWithTheNextPost() {
        PostsPage page = PostsPage.of(posts("a", "b", "c"), WEEK, new PostCursor(WEEK, "b"), 10);

        assertThat(page.items()).extracting(PostLikes::postId).containsExactly("c");
    }

    @Test
    void cursorOfAPostThatWasReplaced_continuesAfterItsId() {
        PostsPage page = PostsPage.of(posts("a", "c", "d"), WEEK, new PostCursor(WEEK, "b"), 10);

        assertThat(page.items()).extracting(PostLikes::postId).containsExactly("c", "d");
    }

    @Test
    void cursorAfterTheLastPost_returnsAnEmptyPage() {
        assertThat(PostsPage.of(posts("a"), WEEK, new PostCursor(WEEK, "z"), 10).items())
                .isEmpty();
    }
}
