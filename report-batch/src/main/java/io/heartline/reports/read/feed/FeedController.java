package io.heartline.reports.read.feed;

import io.heartline.reports.feed.FeedCursor;
import io.heartline.web.limit.CallerName;
import io.heartline.web.problem.InvalidParameterException;
import io.heartline.web.request.QueryParameters;
import java.security.Principal;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** The endpoint for pages of the feed. {@link FeedStreamHandler} serves the same path as events. */
@RestController
class FeedController {

    private static final int MAX_ITEMS = 1_000;
    private static final int DEFAULT_ITEMS = 100;
    private static final int MAX_WAIT_SECONDS = 30;

    private final FeedClients clients;

    FeedController(FeedClients clients) {
        this.clients = clients;
    }

    /**
     * A page of the feed.
     *
     * @param items the changes, in the order of the feed
     * @param next the cursor of the next page
     */
    record FeedPage(List<FeedItem> items, String next) {}

    @GetMapping(path = FeedStreamHandler.PATH, produces = MediaType.APPLICATION_JSON_VALUE)
    Mono<ResponseEntity<FeedPage>> changes(
            @RequestParam MultiValueMap<String, String> parameters, Principal token, ServerHttpRequest request) {
        QueryParameters query = new QueryParameters(parameters);
        FeedCursor after = cursor("after", query.text("after"));
        int limit = query.wholeNumber("limit", 1, MAX_ITEMS, DEFAULT_ITEMS);
        int wait = query.wholeNumber("wait", 0, MAX_WAIT_SECONDS, 0);
        boolean isHeadRequest = request.getMethod() == HttpMethod.HEAD;
        Duration longest = isHeadRequest ? Duration.ZERO : Duration.ofSeconds(wait);
        return clients.page(after, limit, longest, CallerName.of(token, request))
                .map(page -> ResponseEntity.ok()
                        .cacheControl(CacheControl.noStore())
                        .body(new FeedPage(page.items(), page.next().toString())));
    }

    /** @param text null for no cursor */
    static @Nullable FeedCursor cursor(String parameter, @Nullable String text) {
        try {
            return text == null ? null : FeedCursor.parse(text);
        } catch (IllegalArgumentException e) {
            throw new InvalidParameterException(parameter, e.getMessage());
        }
    }
}
