package io.heartline.reports.posts;

import io.heartline.reports.fold.ReportKey;
import io.heartline.reports.fold.ReportStore;
import io.heartline.reports.fold.StoredPosts;
import io.heartline.reports.read.MinimumPosition;
import io.heartline.reports.read.Reports;
import org.jspecify.annotations.Nullable;
import org.threeten.extra.YearWeek;
import reactor.core.publisher.Mono;

/** The posts of weeks that the API returns, over REST and GraphQL. */
public final class WeekPosts {

    /** The maximum length of a page, in posts. */
    public static final int MAX_POSTS = 1_000;

    private final Reports reports;
    private final ReportStore store;

    /**
     * Creates the posts of one database.
     *
     * @param reports reads progress before the posts
     * @param store the stored reports
     */
    public WeekPosts(Reports reports, ReportStore store) {
        this.reports = reports;
        this.store = store;
    }

    /**
     * Reads all posts of a week.
     *
     * @param authorId the author
     * @param week the week
     * @param minimum the position that the figures must include; null for no minimum
     * @return the posts; fails as {@link Reports#read(String, YearWeek, MinimumPosition)} does
     */
    public Mono<StoredPosts> read(String authorId, YearWeek week, @Nullable MinimumPosition minimum) {
        return reports.read(
                authorId, minimum, (progress, session) -> store.posts(new ReportKey(week, authorId), session));
    }

    /**
     * Reads a page of the posts of a week.
     *
     * @param authorId the author
     * @param week the week
     * @param after the end of the page before; null for the first page
     * @param limit the maximum number of posts, from 1
     * @param minimum the position that the figures must include; null for no minimum
     * @return the page; fails as {@link Reports#read(String, YearWeek, MinimumPosition)} does
     */
    public Mono<PostsPage> page(
            String authorId, YearWeek week, @Nullable PostCursor after, int limit, @Nullable MinimumPosition minimum) {
        return read(authorId, week, minimum).map(posts -> PostsPage.of(posts, week, after, limit));
    }
}
