package io.heartline.reports.audit;

import io.heartline.reports.audit.AuditLog.Caller;
import io.heartline.reports.audit.AuditLog.Outcome;
import io.heartline.web.problem.RequestIds;
import io.heartline.web.security.AuthorAccess;
import java.net.InetSocketAddress;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.PathContainer;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.ErrorResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPattern.PathMatchInfo;
import org.springframework.web.util.pattern.PathPatternParser;
import reactor.core.publisher.Mono;

/**
 * A filter that finds the audited requests and logs each of them when it ends. A stream of events may never end, so it is logged when it
 * starts. The filter runs after Spring Security and does not log requests that are refused there. Otherwise, clients without a token
 * could fill the log.
 *
 * <p>Requests are found by method and path. So a resource that is added below these paths is audited, too.
 */
final class AuditFilter implements WebFilter {

    /** The elements of a path that the last segment has: a slash and the segment itself. */
    private static final int LAST_SEGMENT = 2;

    private static final int CLIENT_ERROR = 400;
    private static final int SERVER_ERROR = 500;

    private static final PathPattern RUNS_PATH = pattern("/v1/runs");
    private static final PathPattern AUTHOR_PATH = pattern("/v1/authors/{author}");
    private static final PathPattern LIKER_PATH = pattern("/v1/authors/{author}/likers/{liker}");
    private static final PathPattern AUTHOR_SUBPATHS = pattern("/v1/authors/{author}/**");
    private static final PathPattern ALL_AUTHORS_SUBPATHS = pattern("/v1/reports/**");
    private static final PathPattern GRAPHQL_PATH = pattern("/graphql");

    private final AuditLog log;
    private final AuthorAccess access;
    private final boolean isOpenMode;

    /**
     * Creates a filter.
     *
     * @param isOpenMode whether requests have no token; then no report belongs to another person, so of all reads only
     *     exports are logged
     */
    AuditFilter(AuditLog log, AuthorAccess access, boolean isOpenMode) {
        this.log = log;
        this.access = access;
        this.isOpenMode = isOpenMode;
    }

    private static PathPattern pattern(String path) {
        return PathPatternParser.defaultInstance.parse(path);
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        HttpMethod method = exchange.getRequest().getMethod();
        PathContainer path = exchange.getRequest().getPath().pathWithinApplication();
        if (method.equals(HttpMethod.GET)) {
            PathMatchInfo authorPath = AUTHOR_SUBPATHS.matchAndExtract(path);
            return authorPath != null || ALL_AUTHORS_SUBPATHS.matches(path)
                    ? audited(
                            exchange,
                            chain,
                            (caller, outcome) -> logRead(exchange, author(authorPath), caller, outcome))
                    : chain.filter(exchange);
        }
        if (method.equals(HttpMethod.POST) && RUNS_PATH.matches(path)) {
            return audited(
                    exchange,
                    chain,
                    (caller, outcome) -> logChange(target(exchange), AuditAction.RUN, null, caller, outcome));
        }
        if (method.equals(HttpMethod.POST) && GRAPHQL_PATH.matches(path) && !isOpenMode) {
            AuditedReads auditedReads = AuditedReads.attach(exchange.getAttributes());
            return audited(exchange, chain, (caller, outcome) -> logQueries(auditedReads, caller, outcome));
        }
        return method.equals(HttpMethod.DELETE) ? erased(exchange, chain, path) : chain.filter(exchange);
    }

    /** Logs no liker's id, because the log would keep what the request erases. */
    private Mono<Void> erased(ServerWebExchange exchange, WebFilterChain chain, PathContainer path) {
        boolean isOfLiker = LIKER_PATH.matches(path);
        PathContainer target = isOfLiker ? path.subPath(0, path.elements().size() - LAST_SEGMENT) : path;
        PathMatchInfo match = (isOfLiker ? LIKER_PATH : AUTHOR_PATH).matchAndExtract(path);
        return match == null
                ? chain.filter(exchange)
                : audited(
                        exchange,
                        chain,
                        (caller, outcome) ->
                                logChange(target.value(), AuditAction.ERASE, author(match), caller, outcome));
    }

    private static @Nullable String author(@Nullable PathMatchInfo path) {
        return path == null ? null : path.getUriVariables().get("author");
    }

    private Mono<Void> audited(
            ServerWebExchange exchange, WebFilterChain chain, BiConsumer<Caller, Outcome> logOutcome) {
        String address = address(exchange.getRequest());
        AuditedResponse response = new AuditedResponse(exchange.getResponse());
        ServerWebExchange observed = exchange.mutate().response(response).build();
        return exchange.getPrincipal()
                .map(principal -> new Caller(principal, address))
                .defaultIfEmpty(new Caller(null, address))
                .flatMap(caller -> {
                    response.onStreamStart(
                            stream -> logOutcome.accept(caller, outcomeOf(stream, stream.getStatusCode(), false)));
                    Consumer<Outcome> onEnd = outcome -> {
                        if (!response.isStartedStream()) {
                            logOutcome.accept(caller, outcome);
                        }
                    };
                    return chain.filter(observed)
                            .doOnSuccess(done ->
                                    onEnd.accept(outcomeOf(response, response.getStatusCode(), response.isWhole())))
                            .doOnError(e -> onEnd.accept(outcomeOf(response, status(e, response), false)))
                            .doOnCancel(() -> onEnd.accept(outcomeOf(response, sentStatus(response), false)));
                });
    }

    /**
     * Logs a change unless the client is at fault. If the client has disconnected, the change is logged, because it may
     * be made nevertheless.
     */
    private void logChange(String target, AuditAction action, @Nullable String author, Caller caller, Outcome outcome) {
        if (outcome.status() == null || outcome.status() < CLIENT_ERROR || outcome.status() >= SERVER_ERROR) {
            log.request(action, author, target, caller, outcome);
        }
    }

    /** Logs a read if figures were sent, or if the response confirmed that the client has the latest figures. */
    private void logRead(ServerWebExchange exchange, @Nullable String author, Caller caller, Outcome outcome) {
        if (!isSuccess(outcome)) {
            return;
        }
        if (exchange.getResponse().getHeaders().containsHeader(HttpHeaders.CONTENT_DISPOSITION)) {
            log.request(AuditAction.EXPORT, author, target(exchange), caller, outcome);
        } else if (isOfAnotherPerson(author, caller)) {
            log.request(AuditAction.READ, author, target(exchange), caller, outcome);
        }
    }

    private void logQueries(AuditedReads auditedReads, Caller caller, Outcome outcome) {
        if (isSuccess(outcome)) {
            auditedReads.reads().stream()
                    .filter(read -> isOfAnotherPerson(read.author(), caller))
                    .forEach(read -> log.request(AuditAction.READ, read.author(), read.target(), caller, outcome));
        }
    }

    private static boolean isSuccess(Outcome outcome) {
        return outcome.status() != null && outcome.status() < CLIENT_ERROR;
    }

    private boolean isOfAnotherPerson(@Nullable String author, Caller caller) {
        return !isOpenMode && (author == null || !access.isOwn(caller.principal(), author));
    }

    private static Outcome outcomeOf(ServerHttpResponse response, @Nullable HttpStatusCode status, boolean isComplete) {
        String requestId = response.getHeaders().getFirst(RequestIds.HEADER);
        return new Outcome(requestId, status == null ? null : status.value(), isComplete);
    }

    /** Returns the status of the response to an error, or of the response that was sent before it. */
    private static HttpStatusCode status(Throwable e, ServerHttpResponse response) {
        HttpStatusCode sent = sentStatus(response);
        if (sent != null) {
            return sent;
        }
        return e instanceof ErrorResponse refusal ? refusal.getStatusCode() : HttpStatusCode.valueOf(SERVER_ERROR);
    }

    private static @Nullable HttpStatusCode sentStatus(ServerHttpResponse response) {
        return response.isCommitted() ? response.getStatusCode() : null;
    }

    /** Returns the location of the result from the response, or else the path of the request. */
    private static String target(ServerWebExchange exchange) {
        String location = exchange.getResponse().getHeaders().getFirst(HttpHeaders.LOCATION);
        return location == null
                ? exchange.getRequest().getPath().pathWithinApplication().value()
                : location;
    }

    private static String address(ServerHttpRequest request) {
        InetSocketAddress client = request.getRemoteAddress();
        if (client == null) {
            return "unknown";
        }
        return client.isUnresolved()
                ? client.getHostString()
                : client.getAddress().getHostAddress();
    }
}
