package io.heartline.reports.audit;

import io.heartline.reports.audit.AuditLog.Caller;
import io.heartline.reports.audit.AuditLog.Outcome;
import io.heartline.web.AuthorAccess;
import io.heartline.web.RequestIds;
import java.net.InetSocketAddress;
import java.util.function.BiConsumer;
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
 * Finds the requests that are audited, and logs each when it ends. It comes after Spring Security, so a request that is refused
 * there is not logged: a client without a token must not fill the log.
 *
 * <p>Requests are found by method and path. So a resource that is added below these paths is audited, too.
 */
final class AuditFilter implements WebFilter {

    private static final int CLIENT_ERROR = 400;
    private static final int SERVER_ERROR = 500;

    private static final PathPattern RUNS = pattern("/v1/runs");
    private static final PathPattern AUTHOR = pattern("/v1/authors/{author}");
    private static final PathPattern OF_ONE_AUTHOR = pattern("/v1/authors/{author}/**");
    private static final PathPattern OF_ALL_AUTHORS = pattern("/v1/reports/**");
    private static final PathPattern GRAPHQL = pattern("/graphql");

    private final AuditLog log;
    private final AuthorAccess access;
    private final boolean isOpen;

    /** @param isOpen whether requests have no token; then no report is another person's, and only exports are logged */
    AuditFilter(AuditLog log, AuthorAccess access, boolean isOpen) {
        this.log = log;
        this.access = access;
        this.isOpen = isOpen;
    }

    private static PathPattern pattern(String path) {
        return PathPatternParser.defaultInstance.parse(path);
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        HttpMethod method = exchange.getRequest().getMethod();
        PathContainer path = exchange.getRequest().getPath().pathWithinApplication();
        if (method.equals(HttpMethod.GET)) {
            PathMatchInfo ofOne = OF_ONE_AUTHOR.matchAndExtract(path);
            return ofOne != null || OF_ALL_AUTHORS.matches(path)
                    ? audited(exchange, chain, (caller, end) -> read(exchange, author(ofOne), caller, end))
                    : chain.filter(exchange);
        }
        if (method.equals(HttpMethod.POST) && RUNS.matches(path)) {
            return audited(exchange, chain, (caller, end) -> change(exchange, AuditAction.RUN, null, caller, end));
        }
        if (method.equals(HttpMethod.POST) && GRAPHQL.matches(path) && !isOpen) {
            AuditTrail trail = AuditTrail.begin(exchange.getAttributes());
            return audited(exchange, chain, (caller, end) -> queries(trail, caller, end));
        }
        PathMatchInfo erased = method.equals(HttpMethod.DELETE) ? AUTHOR.matchAndExtract(path) : null;
        return erased == null
                ? chain.filter(exchange)
                : audited(
                        exchange,
                        chain,
                        (caller, end) -> change(exchange, AuditAction.ERASE, author(erased), caller, end));
    }

    private static @Nullable String author(@Nullable PathMatchInfo path) {
        return path == null ? null : path.getUriVariables().get("author");
    }

    private Mono<Void> audited(ServerWebExchange exchange, WebFilterChain chain, BiConsumer<Caller, Outcome> log) {
        String address = address(exchange.getRequest());
        ServerHttpResponse response = exchange.getResponse();
        return exchange.getPrincipal()
                .map(principal -> new Caller(principal, address))
                .defaultIfEmpty(new Caller(null, address))
                .flatMap(caller -> chain.filter(exchange)
                        .doOnSuccess(done -> log.accept(caller, outcome(response, response.getStatusCode(), true)))
                        .doOnError(e -> log.accept(caller, outcome(response, status(e, response), false)))
                        .doOnCancel(() -> log.accept(caller, outcome(response, sent(response), false))));
    }

    /** A change is logged unless the client is at fault, also if the client has left: the change may be made all the same. */
    private void change(
            ServerWebExchange exchange, AuditAction action, @Nullable String author, Caller caller, Outcome end) {
        if (end.status() == null || end.status() < CLIENT_ERROR || end.status() >= SERVER_ERROR) {
            log.request(action, author, target(exchange), caller, end);
        }
    }

    /** A read is logged if figures were sent, or if the client learned that the figures it has are the latest. */
    private void read(ServerWebExchange exchange, @Nullable String author, Caller caller, Outcome end) {
        if (!isSuccess(end)) {
            return;
        }
        if (exchange.getResponse().getHeaders().containsHeader(HttpHeaders.CONTENT_DISPOSITION)) {
            log.request(AuditAction.EXPORT, author, target(exchange), caller, end);
        } else if (isOthers(author, caller)) {
            log.request(AuditAction.READ, author, target(exchange), caller, end);
        }
    }

    private void queries(AuditTrail trail, Caller caller, Outcome end) {
        if (isSuccess(end)) {
            trail.reads().stream()
                    .filter(read -> isOthers(read.author(), caller))
                    .forEach(read -> log.request(AuditAction.READ, read.author(), read.target(), caller, end));
        }
    }

    private static boolean isSuccess(Outcome end) {
        return end.status() != null && end.status() < CLIENT_ERROR;
    }

    private boolean isOthers(@Nullable String author, Caller caller) {
        return !isOpen && (author == null || !access.isOwn(caller.principal(), author));
    }

    private static Outcome outcome(ServerHttpResponse response, @Nullable HttpStatusCode status, boolean isComplete) {
        String requestId = response.getHeaders().getFirst(RequestIds.HEADER);
        return new Outcome(requestId, status == null ? null : status.value(), isComplete);
    }

    /** Returns the status of the answer that is given to an error, or was sent before it. */
    private static HttpStatusCode status(Throwable e, ServerHttpResponse response) {
        HttpStatusCode sent = sent(response);
        if (sent != null) {
            return sent;
        }
        return e instanceof ErrorResponse refusal ? refusal.getStatusCode() : HttpStatusCode.valueOf(SERVER_ERROR);
    }

    private static @Nullable HttpStatusCode sent(ServerHttpResponse response) {
        return response.isCommitted() ? response.getStatusCode() : null;
    }

    /** Returns where the answer says that the result is, or else the path of the request. */
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
