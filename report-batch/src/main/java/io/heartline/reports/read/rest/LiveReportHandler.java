package io.heartline.reports.read.rest;

import io.heartline.reports.http.EventStreamResponse;
import io.heartline.reports.live.LiveReports;
import io.heartline.reports.live.WatchRequest;
import io.heartline.reports.read.Freshness;
import io.heartline.reports.read.MinimumPosition;
import io.heartline.reports.read.Reports;
import io.heartline.reports.read.WeekParameter;
import io.heartline.web.limit.CallerName;
import io.heartline.web.problem.InvalidParameterException;
import io.heartline.web.request.QueryParameters;
import java.math.BigDecimal;
import java.security.Principal;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationToken;
import org.springframework.web.reactive.accept.HeaderContentTypeResolver;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.server.NotAcceptableStatusException;
import org.threeten.extra.YearWeek;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The endpoint for a live report: the resource of the report, as server-sent events. */
public final class LiveReportHandler {

    /** The path of a report, in both forms. */
    public static final String PATH = "/v1/authors/{authorId}/reports/{week}";

    private static final HeaderContentTypeResolver ACCEPT = new HeaderContentTypeResolver();
    private static final Pattern SECONDS = Pattern.compile("(0|[1-9][0-9]?)(\\.[0-9]{1,3})?");
    private static final Duration MIN_EVERY = Duration.ofMillis(200);
    private static final Duration MAX_EVERY = Duration.ofSeconds(60);
    private static final Duration DEFAULT_EVERY = Duration.ofSeconds(1);
    private static final Duration DEFAULT_WAIT = Duration.ofSeconds(30);

    /** Longer expiries would overflow a clock in nanoseconds. */
    private static final Duration MAX_EXPIRY = Duration.ofDays(10_000);

    private final LiveReports live;
    private final Reports reports;
    private final Freshness freshness;
    private final InstantSource clock;

    /**
     * Creates the endpoint.
     *
     * @param live the live reports of this instance
     * @param reports gives the current week
     * @param freshness refuses positions that no report can include
     * @param clock compares with the expiry of tokens
     */
    public LiveReportHandler(LiveReports live, Reports reports, Freshness freshness, InstantSource clock) {
        this.live = live;
        this.reports = reports;
        this.freshness = freshness;
        this.clock = clock;
    }

    /**
     * Returns whether a request for a report prefers events to one JSON document.
     *
     * @param request a request with any method
     * @return false if {@code Accept} does not name events, or is malformed
     */
    public static boolean isRequested(ServerRequest request) {
        HttpMethod method = request.method();
        if (!method.equals(HttpMethod.GET) && !method.equals(HttpMethod.HEAD)) {
            return false;
        }
        try {
            return ACCEPT.resolveMediaTypes(request.exchange()).stream()
                    .filter(type -> type.isCompatibleWith(MediaType.APPLICATION_JSON)
                            || type.isCompatibleWith(MediaType.TEXT_EVENT_STREAM))
                    .findFirst()
                    .filter(type -> !type.isCompatibleWith(MediaType.APPLICATION_JSON))
                    .isPresent();
        } catch (NotAcceptableStatusException e) {
            return false;
        }
    }

    /**
     * Answers a request.
     *
     * @param request a request for {@link #PATH}
     * @return the response, whose body fails before its first event if the request is refused
     */
    public Mono<ServerResponse> handle(ServerRequest request) {
        return request.principal()
                .map(principal -> respond(request, principal))
                .switchIfEmpty(Mono.fromSupplier(() -> respond(request, null)))
                .flatMap(response -> response);
    }

    private Mono<ServerResponse> respond(ServerRequest request, @Nullable Principal principal) {
        String authorId = request.pathVariable("authorId");
        Reports.requireAuthorId("authorId", authorId);
        QueryParameters query = new QueryParameters(request.queryParams());
        Supplier<YearWeek> week = week(request.pathVariable("week"));
        String caller = CallerName.of(principal, request.exchange().getRequest());
        MinimumPosition minimum = new ReportParameters(query).minimumPosition(caller);
        WatchRequest watch = new WatchRequest(
                authorId,
                week,
                every(query),
                minimum == null ? null : minimum.position(),
                minimum == null || minimum.timeout().isZero() ? DEFAULT_WAIT : minimum.timeout(),
                expiresIn(principal));
        Flux<byte[]> events = live.watch(watch, caller);
        return EventStreamResponse.of(
                request,
                minimum == null
                        ? freshness.requireDatabase(events)
                        : freshness.refuseImpossible(authorId, minimum, events));
    }

    private Supplier<YearWeek> week(String text) {
        YearWeek now = WeekParameter.parse("week", text, reports.currentWeek());
        return switch (text) {
            case "current" -> reports::currentWeek;
            case "previous" -> () -> reports.currentWeek().minusWeeks(1);
            default -> () -> now;
        };
    }

    private static Duration every(QueryParameters query) {
        String text = query.text("every");
        if (text == null) {
            return DEFAULT_EVERY;
        }
        if (SECONDS.matcher(text).matches()) {
            Duration every =
                    Duration.ofMillis(new BigDecimal(text).movePointRight(3).longValueExact());
            if (every.compareTo(MIN_EVERY) >= 0 && every.compareTo(MAX_EVERY) <= 0) {
                return every;
            }
        }
        throw new InvalidParameterException("every", "must be a number of seconds from 0.2 to 60");
    }

    private @Nullable Duration expiresIn(@Nullable Principal principal) {
        Instant expires =
                principal instanceof JwtAuthenticationToken jwt ? jwt.getToken().getExpiresAt() : null;
        if (expires == null) {
            return null;
        }
        Duration left = Duration.between(clock.instant(), expires);
        return left.compareTo(MAX_EXPIRY) < 0 ? left : MAX_EXPIRY;
    }
}
