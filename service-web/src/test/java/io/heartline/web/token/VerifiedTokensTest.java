package io.heartline.web.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtTimestampValidator;
import org.springframework.security.oauth2.server.resource.InvalidBearerTokenException;
import org.springframework.security.oauth2.server.resource.authentication.BearerTokenAuthenticationToken;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationToken;
import reactor.core.publisher.Mono;

/** Tests which parts of a verified token are cached, for how long, and which events end it. */
class VerifiedTokensTest {

    private static final Instant START = Instant.parse("2026-11-27T10:00:00Z");
    private static final Duration CLOCK_SKEW = Duration.ofSeconds(30);

    private final AtomicInteger verifications = new AtomicInteger();
    private final AtomicLong generation = new AtomicLong();
    private final AtomicLong nanos = new AtomicLong();
    private final JwtTimestampValidator times = new JwtTimestampValidator(CLOCK_SKEW);
    private final VerifiedTokens tokens =
            new VerifiedTokens(this::decode, times, generation::get, "tenant", nanos::get);
    private Instant expires = START.plus(Duration.ofHours(1));

    @BeforeEach
    void start() {
        pass(Duration.ZERO);
    }

    /** Accepts every token whose text starts with {@code good}. */
    private Mono<Jwt> decode(String token) {
        return Mono.fromSupplier(() -> {
            verifications.incrementAndGet();
            if (!token.startsWith("good")) {
                throw new BadJwtException("bad");
            }
            Jwt jwt = new Jwt(
                    token,
                    START,
                    expires,
                    Map.of("alg", "RS256"),
                    Map.of("sub", token, "scope", "things:read", "tenant", "t-1", "email", "alice@example.com"));
            if (times.validate(jwt).hasErrors()) {
                throw new BadJwtException("expired");
            }
            return jwt;
        });
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
        times.setClock(Clock.fixed(START.plusNanos(nanos.get()), ZoneOffset.UTC));
    }

    private Authentication authenticate(String token) {
        return tokens.authenticate(new BearerTokenAuthenticationToken(token)).block();
    }

    @Test
    void onlyUsedClaims_areCached() {
        authenticate("good");

        JwtAuthenticationToken cached = (JwtAuthenticationToken) authenticate("good");

        assertThat(verifications).hasValue(1);
        assertThat(cached.getTokenAttributes()).isEqualTo(Map.of("sub", "good", "tenant", "t-1"));
        assertThat(cached.getToken().getExpiresAt()).isEqualTo(expires);
        assertThat(cached.getAuthorities()).map(Object::toString).contains("SCOPE_things:read");
    }

    private void assertRefused(String token) {
        assertThatExceptionOfType(InvalidBearerTokenException.class).isThrownBy(() -> authenticate(token));
    }

    @Test
    void verifiedToken_isNotVerifiedAgain_andHasTheSameCaller() {
        Authentication first = authenticate("good");
        Authentication second = authenticate("good");

        assertThat(verifications).hasValue(1);
        assertThat(second).isEqualTo(first);
        assertThat(second.getName()).isEqualTo("good");
        assertThat(second.isAuthenticated()).isTrue();
        assertThat(second.getAuthorities()).extracting("authority").contains("SCOPE_things:read");
    }

    @Test
    void twoTokens_areVerifiedAndCachedSeparately() {
        authenticate("good1");
        authenticate("good2");

        assertThat(authenticate("good1").getName()).isEqualTo("good1");
        assertThat(authenticate("good2").getName()).isEqualTo("good2");
        assertThat(verifications).hasValue(2);
    }

    @Test
    void refusedToken_isNeverCached() {
        assertRefused("bad");
        assertRefused("bad");

        assertThat(verifications).hasValue(2);
        assertThat(tokens.size()).isZero();
    }

    @Test
    void tokenExpires_itIsRefused_afterTheClockSkewAndNotBefore() {
        expires = START.plusSeconds(10);
        authenticate("good");

        pass(Duration.ofSeconds(10).plus(CLOCK_SKEW));
        authenticate("good");
        assertThat(verifications).hasValue(1);

        pass(Duration.ofMillis(1));
        assertRefused("good");
    }

    @Test
    void keysChange_tokenIsVerifiedAgain() {
        authenticate("good");
        generation.incrementAndGet();

        authenticate("good");
        authenticate("good");

        assertThat(verifications).hasValue(2);
    }

    @Test
    void keysChangeWhileATokenIsVerified_itIsVerifiedAgain() {
        Mono<Authentication> verifying = tokens.authenticate(new BearerTokenAuthenticationToken("good"));
        generation.incrementAndGet();
        verifying.block();

        authenticate("good");

        assertThat(verifications).hasValue(2);
    }

    @Test
    void after5Minutes_tokenIsVerifiedAgain_evenIfUsedMeanwhile() {
        for (int second = 0; second < 299; second++) {
            authenticate("good");
            pass(Duration.ofSeconds(1));
        }
        assertThat(verifications).hasValue(1);

        pass(Duration.ofSeconds(1));
        authenticate("good");

        assertThat(verifications).hasValue(2);
    }

    @Test
    void numberOfCachedTokens_isBounded() {
        for (int i = 0; i < VerifiedTokens.MAX_TOKENS + 1_000; i++) {
            authenticate("good" + i);
        }

        assertThat(tokens.size()).isEqualTo(VerifiedTokens.MAX_TOKENS);
    }

    @Test
    void longTokens_fewerAreCached_soThatTheirClaimsStayBounded() {
        String claims = "x".repeat(8 * VerifiedTokens.MIN_CHARACTERS - 10);
        for (int i = 0; i < VerifiedTokens.MAX_TOKENS / 4; i++) {
            authenticate("good" + (100_000 + i) + claims);
        }

        assertThat(tokens.size()).isEqualTo(VerifiedTokens.MAX_TOKENS / 8);
    }

    @Test
    void tokenItself_isNotCached() {
        for (int i = 0; i < 2; i++) {
            JwtAuthenticationToken caller = (JwtAuthenticationToken) authenticate("good");
            assertThat(caller.getToken().getTokenValue()).isEqualTo("verified");
        }
    }
}
