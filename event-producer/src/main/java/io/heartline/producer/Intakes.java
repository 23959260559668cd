package io.heartline.producer;

import io.heartline.web.CallerAddress;
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

/** Who asks, by which key, and how much may he still. */
final class Intakes {

    private static final String ANONYMOUS = "anonymous";
    private static final String PREFIX = "subject ";
    private static final Pattern PREFIXED = Pattern.compile("(" + PREFIX + ")*" + ANONYMOUS);

    private final LikeReader reader;
    private final EventIds ids = new EventIds();
    private final RateLimit rate;
    private final Traces traces;
    private final Duration clockSkew;

    /** @param clockSkew for which a token is still accepted after its {@code exp} */
    Intakes(LikeReader reader, RateLimit rate, Traces traces, Duration clockSkew) {
        this.reader = reader;
        this.rate = rate;
        this.traces = traces;
        this.clockSkew = clockSkew;
    }

    /** Fails with a {@link RefusedException} if the request's headers are such that its body need not be looked at. */
    Mono<Intake> of(ServerWebExchange exchange) {
        HttpHeaders headers = exchange.getRequest().getHeaders();
        String coding = headers.getFirst(HttpHeaders.CONTENT_ENCODING);
        if (coding != null && !coding.equalsIgnoreCase("identity")) {
            return Mono.error(RefusedException.unsupported(HttpHeaders.CONTENT_ENCODING, "must not be given"));
        }
        IdempotencyKey key = IdempotencyKey.of(headers);
        return exchange.getPrincipal()
                .map(principal -> new Intake(
                        reader, ids, named(principal.getName()), key, traces.of(exchange), expiry(principal)))
                .switchIfEmpty(
                        Mono.fromSupplier(() -> new Intake(reader, ids, ANONYMOUS, key, traces.of(exchange), null)));
    }

    private @Nullable Instant expiry(Principal principal) {
        Instant expires = principal instanceof JwtAuthenticationToken token
                ? token.getToken().getExpiresAt()
                : null;
        return expires == null ? null : expires.plus(clockSkew);
    }

    /**
     * Returns the name of a token's subject. A subject that is literally "anonymous" must not name events, or be limited, as the
     * callers without a token are. So it is prefixed, and so is a subject that looks as if it were, so that all names differ.
     */
    static String named(String subject) {
        return PREFIXED.matcher(subject).matches() ? PREFIX + subject : subject;
    }

    /** @throws RefusedException if the caller has sent too many */
    void admit(ServerWebExchange exchange, String caller) {
        rate.admit(limitKey(exchange, caller));
    }

    Allowance allowance(ServerWebExchange exchange, String caller) {
        return rate.of(limitKey(exchange, caller));
    }

    /** Returns the name under which limits count a caller: a token's subject, or without a token the address. */
    static String limitKey(ServerWebExchange exchange, String caller) {
        InetSocketAddress from = exchange.getRequest().getRemoteAddress();
        return caller.equals(ANONYMOUS) && from != null ? CallerAddress.of(from) : caller;
    }
}
