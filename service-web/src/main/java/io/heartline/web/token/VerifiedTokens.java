package io.heartline.web.token;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.springframework.security.authentication.ReactiveAuthenticationManager;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.core.OAuth2TokenValidator;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtClaimNames;
import org.springframework.security.oauth2.jwt.ReactiveJwtDecoder;
import org.springframework.security.oauth2.server.resource.authentication.BearerTokenAuthenticationToken;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationToken;
import org.springframework.security.oauth2.server.resource.authentication.JwtReactiveAuthenticationManager;
import reactor.core.publisher.Mono;

/**
 * Authenticates callers by their tokens, and caches tokens that were verified. A cached token costs a hash and a check of its
 * times. It is verified again after {@link #MAX_AGE}, when its times no longer hold, and when the keys have changed. Tokens that
 * are refused are not cached. The cache holds hashes, and of each token only the claims that are read. Issuers add others, such
 * as names, mail addresses and long lists of groups.
 */
final class VerifiedTokens implements ReactiveAuthenticationManager {

    static final int MAX_TOKENS = 10_000;
    /** A token counts as so many characters at least; all that are cached have at most {@link #MAX_TOKENS} times as many. */
    static final int MIN_CHARACTERS = 1_024;

    static final Duration MAX_AGE = Duration.ofMinutes(5);

    private static final String TOKEN_PLACEHOLDER = "verified";
    private static final Map<String, Object> HEADERS = Map.of("typ", "JWT"); // a Jwt needs one, and none is read

    private final ReactiveAuthenticationManager delegate;
    private final OAuth2TokenValidator<Jwt> timestampValidator;
    private final LongSupplier generation;
    private final Set<String> usedClaims;
    private final Cache<TokenHash, CachedCaller> cache;

    /**
     * @param timestampValidator checks expiry and the like, each time a token is used
     * @param generation a number that grows when keys have taken the place of others; called on event loops
     * @param authorClaim the claim that names the author whose likes are the caller's own
     */
    VerifiedTokens(
            ReactiveJwtDecoder decoder,
            OAuth2TokenValidator<Jwt> timestampValidator,
            LongSupplier generation,
            String authorClaim) {
        this(decoder, timestampValidator, generation, authorClaim, Ticker.systemTicker());
    }

    VerifiedTokens(
            ReactiveJwtDecoder decoder,
            OAuth2TokenValidator<Jwt> timestampValidator,
            LongSupplier generation,
            String authorClaim,
            Ticker ticker) {
        this.delegate = new JwtReactiveAuthenticationManager(decoder);
        this.timestampValidator = timestampValidator;
        this.generation = generation;
        this.usedClaims = new HashSet<>(List.of(JwtClaimNames.SUB, JwtClaimNames.EXP, JwtClaimNames.NBF, authorClaim));
        this.cache = Caffeine.newBuilder()
                .maximumWeight((long) MAX_TOKENS * MIN_CHARACTERS)
                .weigher((TokenHash hash, CachedCaller token) -> Math.max(MIN_CHARACTERS, token.characters()))
                .expireAfterWrite(MAX_AGE)
                .ticker(ticker)
                .build();
    }

    /**
     * A caller, and the generation of the keys that verified its token.
     *
     * @param characters of the token, of which the size of its claims depends
     */
    private record CachedCaller(JwtAuthenticationToken caller, long generation, int characters) {}

    /** SHA-256 of a token. */
    private record TokenHash(long a, long b, long c, long d) {

        static TokenHash of(String token) {
            try {
                ByteBuffer hash = ByteBuffer.wrap(
                        MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
                return new TokenHash(hash.getLong(), hash.getLong(), hash.getLong(), hash.getLong());
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every JVM has SHA-256", e);
            }
        }
    }

    @Override
    public Mono<Authentication> authenticate(Authentication request) {
        if (!(request instanceof BearerTokenAuthenticationToken bearer)) {
            return Mono.empty();
        }
        TokenHash hash = TokenHash.of(bearer.getToken());
        long current = generation.getAsLong(); // read before the keys are, so that a change in between is noticed
        CachedCaller cached = cache.getIfPresent(hash);
        if (cached != null
                && cached.generation() == current
                && !timestampValidator.validate(cached.caller().getToken()).hasErrors()) {
            return Mono.just(cached.caller());
        }
        return delegate.authenticate(request).map(caller -> {
            JwtAuthenticationToken reduced = withUsedClaimsOnly((JwtAuthenticationToken) caller);
            cache.put(hash, new CachedCaller(reduced, current, bearer.getToken().length()));
            return reduced;
        });
    }

    private JwtAuthenticationToken withUsedClaimsOnly(JwtAuthenticationToken caller) {
        Jwt jwt = caller.getToken();
        Map<String, Object> used = new HashMap<>(jwt.getClaims());
        used.keySet().retainAll(usedClaims);
        return new JwtAuthenticationToken(
                new Jwt(TOKEN_PLACEHOLDER, jwt.getIssuedAt(), jwt.getExpiresAt(), HEADERS, used),
                caller.getAuthorities(),
                caller.getName());
    }

    /** Returns how many tokens are cached, after evictions that are due. */
    long size() {
        cache.cleanUp();
        return cache.estimatedSize();
    }
}
