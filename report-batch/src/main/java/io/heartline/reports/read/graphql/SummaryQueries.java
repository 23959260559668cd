package io.heartline.reports.read.graphql;

import graphql.GraphQLContext;
import graphql.schema.DataFetchingFieldSelectionSet;
import io.heartline.reports.audit.AuditedReads;
import io.heartline.reports.posts.PostCursor;
import io.heartline.reports.posts.PostsPage;
import io.heartline.reports.posts.WeekPosts;
import io.heartline.reports.read.Reports;
import io.heartline.reports.read.WeekParameter;
import io.heartline.reports.read.WeekRange;
import io.heartline.reports.summary.Summaries;
import io.heartline.reports.summary.SummaryView;
import io.heartline.web.problem.InvalidParameterException;
import io.heartline.web.security.AuthorAccess;
import org.springframework.graphql.data.method.annotation.Argument;
import org.springframework.graphql.data.method.annotation.QueryMapping;
import org.springframework.stereotype.Controller;
import org.threeten.extra.YearWeek;
import reactor.core.publisher.Mono;

/** The queries of {@code schema.graphqls} for a summary and for the posts of a week. */
@Controller
class SummaryQueries {

    private static final String AUTHOR_PATH = "/v1/authors/";

    private final Reports reports;
    private final Summaries summaries;
    private final WeekPosts posts;
    private final AuthorAccess access;

    SummaryQueries(Reports reports, Summaries summaries, WeekPosts posts, AuthorAccess access) {
        this.reports = reports;
        this.summaries = summaries;
        this.posts = posts;
        this.access = access;
    }

    @QueryMapping
    Mono<SummaryView> summary(
            @Argument String author,
            @Argument String from,
            @Argument String to,
            DataFetchingFieldSelectionSet selected,
            GraphQLContext context) {
        Reports.requireAuthorId("author", author);
        WeekRange range = WeekRange.parse(from, to, reports.currentWeek());
        boolean withLikers = selected.containsAnyOf("likers", "likersError");
        return access.require(author)
                .then(Mono.defer(() -> summaries.read(author, range, null, withLikers)))
                .doOnNext(read -> auditedReads(context).add(author, AUTHOR_PATH + author + "/summary"));
    }

    @QueryMapping
    Mono<PostsPage> weekPosts(
            @Argument String author,
            @Argument String week,
            @Argument Integer first,
            @Argument String after,
            GraphQLContext context) {
        Reports.requireAuthorId("author", author);
        YearWeek yearWeek = WeekParameter.parse("week", week, reports.currentWeek());
        if (first < 1 || first > WeekPosts.MAX_POSTS) {
            throw new InvalidParameterException("first", "must be a whole number from 1 to " + WeekPosts.MAX_POSTS);
        }
        PostCursor cursor = after == null ? null : PostCursor.parse("after", after, yearWeek);
        return access.require(author)
                .then(Mono.defer(() -> posts.page(author, yearWeek, cursor, first, null)))
                .doOnNext(read ->
                        auditedReads(context).add(author, AUTHOR_PATH + author + "/reports/" + yearWeek + "/posts"));
    }

    private static AuditedReads auditedReads(GraphQLContext context) {
        return context.get(AuditedReads.class);
    }
}
