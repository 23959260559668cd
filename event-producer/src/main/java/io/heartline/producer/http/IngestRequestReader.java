package io.heartline.producer.http;

import io.heartline.producer.like.IdempotencyKey;
import io.heartline.producer.like.IngestRequest;
import io.heartline.producer.like.Preferences;
import io.heartline.producer.like.RefusedException;
import io.heartline.producer.limit.CallerRateLimits;
import io.heartline.producer.limit.RateLimiter;
import io.heartline.producer.trace.RequestTracing;
import io.heartline.web.limit.CallerAddress;
import java.net.InetSocketAddress;
import java.security.Principal;
import java.time.Duration;
import java.time.Instant;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationToken;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * Reads an {@link IngestRequest} from the headers of an HTTP request: caller, idempotency key and trace. Also applies the caller's
 * rate limit.
 */
final class IngestRequestReader {

    private static final String ANONYMOUS = "anonymous";
    private static final String SUBJECT_PREFIX = "subject ";
    private static final Pattern RESERVED_SUBJECT = Pattern.compile("(" + SUBJECT_PREFIX + ")*" + ANONYMOUS);

    private final CallerRateLimits rateLimits;
    private final RequestTracing tracing;
    private final Duration clockSkew;

    /** @param clockSkew time for which a token is still accepted after its {@code exp} */
    IngestRequestReader(CallerRateLimits rateLimits, RequestTracing tracing, Duration clockSkew) {
        this.rateLimits = rateLimits;
        this.tracing = tracing;
        this.clockSkew = clockSkew;
    }

    /** Reads the request's headers. Fails with a {@link RefusedException} if they suffice to refuse it. */
    Mono<IngestRequest> read(ServerWebExchange exchange) {
        HttpHeaders headers = exchange.getRequest().getHeaders();
        IdempotencyKey key = IdempotencyKey.of(headers);
        Preferences preferences = Preferences.of(headers);
        return exchange.getPrincipal()
                .map(principal -> new IngestRequest(
                        callerName(principal.getName()),
                        key,
                        preferences,
                        tracing.spanOf(exchange),
                        expiresAt(principal)))
                .switchIfEmpty(Mono.fromSupplier(
                        () -> new IngestRequest(ANONYMOUS, key, preferences, tracing.spanOf(exchange), null)));
    }

    private @Nullable Instant expiresAt(Principal principal) {
        Instant tokenExpiry = principal instanceof JwtAuthenticationToken token
                ? token.getToken().getExpiresAt()
                : null;
        return tokenExpiry == null ? null : tokenExpiry.plus(clockSkew);
    }

    /**
     * Returns the name of a token's subject. Callers without a token are named "anonymous". A subject with this name gets a prefix,
     * so that it has event ids and limits of its own. A subject that looks like a prefixed name gets the prefix, too, so all names
     * differ.
     */
    static String callerName(String subject) {
        return RESERVED_SUBJECT.matcher(subject).matches() ? SUBJECT_PREFIX + subject : subject;
    }

    /**
     * Acquires a permit of the caller's rate limit for each like of a request, all or none. The answer gets the headers of the rate
     * limit, also if it is a refusal.
     *
     * @param likes number of likes, 0 or more
     * @throws RefusedException if the likes exceed the rate limit
     */
    void acquireRatePermits(ServerWebExchange exchange, String caller, int likes) {
        try {
            rateLimits.acquire(limitKey(exchange, caller), likes);
        } finally {
            addRateLimit(exchange, caller);
        }
    }

    /** Adds the headers of the caller's rate limit to the answer, unless there is no limit. */
    void addRateLimit(ServerWebExchange exchange, String caller) {
        rateLimits.addHeaders(limitKey(exchange, caller), exchange.getResponse().getHeaders());
    }

    RateLimiter rateLimiter(ServerWebExchange exchange, String caller) {
        return rateLimits.limiterOf(limitKey(exchange, caller));
    }

    /** Returns the name under which limits count a caller: a token's subject, or without a token the address. */
    static String limitKey(ServerWebExchange exchange, String caller) {
        InetSocketAddress remoteAddress = exchange.getRequest().getRemoteAddress();
        return caller.equals(ANONYMOUS) && remoteAddress != null ? CallerAddress.of(remoteAddress) : caller;
    }
}
