package io.heartline.reports.read.rest;

import io.heartline.reports.fold.StoredPosts;
import io.heartline.reports.posts.PostCursor;
import io.heartline.reports.posts.WeekPosts;
import io.heartline.reports.read.MinimumPosition;
import io.heartline.reports.read.Reports;
import io.heartline.reports.read.WeekParameter;
import io.heartline.web.limit.CallerName;
import io.heartline.web.request.QueryParameters;
import java.security.Principal;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import org.threeten.extra.YearWeek;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The endpoint for all posts of an author's week. */
@RestController
class WeekPostsController {

    private static final int DEFAULT_POSTS = 100;

    private final Reports reports;
    private final WeekPosts posts;
    private final ConditionalResponses responses;
    private final Export export;

    WeekPostsController(Reports reports, WeekPosts posts, ConditionalResponses responses, Export export) {
        this.reports = reports;
        this.posts = posts;
        this.responses = responses;
        this.export = export;
    }

    /**
     * A line of the posts as a file.
     *
     * @param complete whether the week's list has every post with its own likes; the same in each line
     */
    record PostLine(String postId, long likes, boolean complete) {}

    @GetMapping("/v1/authors/{authorId}/reports/{week}/posts")
    Mono<ResponseEntity<Flux<DataBuffer>>> posts(
            @PathVariable String authorId,
            @PathVariable String week,
            @RequestParam MultiValueMap<String, String> parameters,
            Principal token,
            ServerWebExchange exchange) {
        Reports.requireAuthorId("authorId", authorId);
        YearWeek yearWeek = WeekParameter.parse("week", week, reports.currentWeek());
        QueryParameters query = new QueryParameters(parameters);
        ResponseFormat format = ResponseFormat.requested(query, exchange);
        String caller = CallerName.of(token, exchange.getRequest());
        MinimumPosition minimum = new ReportParameters(query).minimumPosition(caller);
        return format == ResponseFormat.JSON
                ? page(authorId, yearWeek, query, minimum, exchange.getRequest())
                : file(authorId, yearWeek, query, minimum, format, caller, exchange);
    }

    private Mono<ResponseEntity<Flux<DataBuffer>>> page(
            String authorId,
            YearWeek week,
            QueryParameters query,
            @Nullable MinimumPosition minimum,
            ServerHttpRequest request) {
        int limit = query.wholeNumber("limit", 1, WeekPosts.MAX_POSTS, DEFAULT_POSTS);
        PostCursor after = query.has("cursor") ? PostCursor.parse("cursor", query.text("cursor"), week) : null;
        String path = "/v1/authors/" + authorId + "/reports/" + week + "/posts?limit=" + limit;
        return posts.page(authorId, week, after, limit, minimum)
                .map(page -> responses.notModifiedOr(
                        request, ResponseFormat.JSON, page, () -> responses.page(page, path, page.next())));
    }

    private Mono<ResponseEntity<Flux<DataBuffer>>> file(
            String authorId,
            YearWeek week,
            QueryParameters query,
            @Nullable MinimumPosition minimum,
            ResponseFormat format,
            String caller,
            ServerWebExchange exchange) {
        Export.refusePages(query, format, "the list of posts");
        String fileName = "posts-" + authorId + "-" + week;
        return posts.read(authorId, week, minimum)
                .map(stored -> responses.notModifiedOr(
                        exchange.getRequest(),
                        format,
                        stored,
                        () -> export.response(lines(stored), CsvColumns.POSTS, format, fileName, caller, exchange)));
    }

    private static Flux<PostLine> lines(StoredPosts stored) {
        return Flux.fromIterable(stored.posts())
                .map(post -> new PostLine(post.postId(), post.likes(), stored.isComplete()));
    }
}
