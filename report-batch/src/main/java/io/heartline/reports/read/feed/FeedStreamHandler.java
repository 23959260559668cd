package io.heartline.reports.read.feed;

import io.heartline.reports.feed.FeedCursor;
import io.heartline.reports.http.EventStreamResponse;
import io.heartline.web.limit.CallerName;
import io.heartline.web.request.QueryParameters;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationToken;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

/** The endpoint for the feed as server-sent events. */
public final class FeedStreamHandler {

    /** The path of the feed, in both forms. */
    public static final String PATH = "/v1/reports/changes";

    private static final String LAST_EVENT_ID = "Last-Event-ID";
    private static final byte[] EXPIRED = "event: expired\ndata: {}\n\n".getBytes(StandardCharsets.US_ASCII);

    /** Longer expiries would overflow a clock in nanoseconds. */
    private static final Duration MAX_EXPIRY = Duration.ofDays(10_000);

    private final FeedClients clients;
    private final JsonMapper json;
    private final InstantSource clock;

    /**
     * Creates the endpoint.
     *
     * @param clients the clients of this instance
     * @param json writes changes
     * @param clock compares with the expiry of tokens
     */
    public FeedStreamHandler(FeedClients clients, JsonMapper json, InstantSource clock) {
        this.clients = clients;
        this.json = json;
        this.clock = clock;
    }

    private record Next(String next) {}

    /**
     * Answers a request.
     *
     * @param request a request for {@link #PATH} that prefers events
     * @return the response, whose body fails before its first event if the request is refused
     */
    public Mono<ServerResponse> handle(ServerRequest request) {
        return request.principal()
                .map(principal -> respond(request, principal))
                .switchIfEmpty(Mono.fromSupplier(() -> respond(request, null)))
                .flatMap(response -> response);
    }

    private Mono<ServerResponse> respond(ServerRequest request, @Nullable Principal principal) {
        String lastEventId = request.headers().firstHeader(LAST_EVENT_ID);
        String parameter = lastEventId == null ? "after" : LAST_EVENT_ID;
        String text = lastEventId == null ? new QueryParameters(request.queryParams()).text("after") : lastEventId;
        FeedCursor after = FeedController.cursor(parameter, text);
        String caller = CallerName.of(principal, request.exchange().getRequest());
        return EventStreamResponse.of(
                request, untilExpiry(clients.follow(parameter, after, caller).map(this::encode), principal));
    }

    private Flux<byte[]> untilExpiry(Flux<byte[]> events, @Nullable Principal principal) {
        Instant expires =
                principal instanceof JwtAuthenticationToken jwt ? jwt.getToken().getExpiresAt() : null;
        if (expires == null) {
            return events;
        }
        Duration left = Duration.between(clock.instant(), expires);
        return events.takeUntilOther(Mono.delay(left.compareTo(MAX_EXPIRY) < 0 ? left : MAX_EXPIRY))
                // the stream also ends when this instance stops
                .concatWith(Mono.defer(() -> clock.instant().isBefore(expires) ? Mono.empty() : Mono.just(EXPIRED)));
    }

    private byte[] encode(FeedClients.Event event) {
        String name = event.item() == null ? "next" : "change";
        Object data = event.item() == null ? new Next(event.next().toString()) : event.item();
        return ("id: " + event.next() + "\nevent: " + name + "\ndata: " + json.writeValueAsString(data) + "\n\n")
                .getBytes(StandardCharsets.UTF_8);
    }
}
