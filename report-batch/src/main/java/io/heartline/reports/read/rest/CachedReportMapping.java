package io.heartline.reports.read.rest;

import io.heartline.events.Identifier;
import io.heartline.reports.read.ReadReport;
import io.heartline.reports.read.Reports;
import io.heartline.reports.read.WeekParameter;
import io.heartline.web.problem.InvalidParameterException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.observation.ServerRequestObservationContext;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.handler.AbstractHandlerMapping;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebHandler;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;
import org.threeten.extra.YearWeek;
import reactor.core.publisher.Mono;

/**
 * Answers a plain GET of a cached report. {@link AuthorReportsController} gives the same answer. But the search for its method, its
 * arguments and the encoding of its result take longer than the look-up. All filters come before this mapping. Every other request
 * goes to the controller, also an invalid request.
 */
public final class CachedReportMapping extends AbstractHandlerMapping {

    private static final PathPattern PATTERN = PathPatternParser.defaultInstance.parse(LiveReportHandler.PATH);
    private static final List<String> ANY = List.of(MediaType.ALL_VALUE);
    private static final List<String> JSON = List.of(MediaType.APPLICATION_JSON_VALUE);
    private static final String BEFORE_AUTHOR = "/v1/authors/";
    private static final String BEFORE_WEEK = "/reports/";

    private final Reports reports;
    private final ConditionalResponses responses;

    /**
     * Creates a mapping that precedes all others.
     *
     * @param reports the reports, with their cache
     * @param responses writes the reports
     */
    public CachedReportMapping(Reports reports, ConditionalResponses responses) {
        this.reports = reports;
        this.responses = responses;
        setOrder(Ordered.HIGHEST_PRECEDENCE);
    }

    @Override
    protected Mono<?> getHandlerInternal(ServerWebExchange exchange) {
        ReadReport report = cached(exchange.getRequest());
        if (report == null) {
            return Mono.empty();
        }
        exchange.getAttributes().put(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE, PATTERN);
        ServerRequestObservationContext.findCurrent(exchange.getAttributes())
                .ifPresent(context -> context.setPathPattern(PATTERN.toString()));
        return Mono.just((WebHandler) answered -> responses.write(answered, report));
    }

    private @Nullable ReadReport cached(ServerHttpRequest request) {
        if (!request.getMethod().equals(HttpMethod.GET)
                || request.getURI().getRawQuery() != null
                || !acceptsJson(request.getHeaders())) {
            return null;
        }
        // no character of a valid author or week is escaped in a path
        String path = request.getPath().pathWithinApplication().value();
        int weekIndex = path.lastIndexOf(BEFORE_WEEK);
        if (weekIndex < 0 || !path.startsWith(BEFORE_AUTHOR)) {
            return null;
        }
        String authorId = path.substring(Math.min(weekIndex, BEFORE_AUTHOR.length()), weekIndex);
        return Identifier.isValid(authorId) ? cached(authorId, path.substring(weekIndex + BEFORE_WEEK.length())) : null;
    }

    private @Nullable ReadReport cached(String authorId, String week) {
        YearWeek parsed;
        try {
            parsed = WeekParameter.parse("week", week, reports.currentWeek());
        } catch (InvalidParameterException e) {
            return null;
        }
        return reports.cached(authorId, parsed);
    }

    /** Returns whether the request accepts JSON without a comparison of media types. */
    private static boolean acceptsJson(HttpHeaders headers) {
        List<String> accept = headers.get(HttpHeaders.ACCEPT);
        return accept == null || accept.equals(ANY) || accept.equals(JSON);
    }
}
