package io.heartline.web.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jwt.SignedJWT;
import io.heartline.web.CapturedLog;
import io.heartline.web.IssuerServer;
import io.heartline.web.TestIssuer;
import io.heartline.web.UnsignedTokens;
import io.heartline.web.security.KeysUnavailableException;
import java.text.ParseException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.test.system.CapturedOutput;

/** Tests the keys in memory, and the fetches that refresh them. */
@ExtendWith(CapturedLog.class)
class IssuerKeysTest {

    private static final TestIssuer TOKENS = new TestIssuer();
    private static final TestIssuer OTHERS = new TestIssuer();
    private static final Duration LONG = Duration.ofMinutes(10);
    private static final Duration SHORT = Duration.ofMillis(100);
    private static final Duration TIMEOUT = Duration.ofSeconds(1);

    private final IssuerServer issuer = new IssuerServer().publish(TOKENS);
    private IssuerKeys keys;

    @AfterEach
    void stop() {
        keys.close();
        issuer.close();
    }

    private void start(Duration refresh, Duration minInterval, Duration maxAge) {
        IssuerSettings settings = new IssuerSettings(refresh, minInterval, TIMEOUT, maxAge);
        keys = new IssuerKeys(JwkSetClient.forJwkSetUri(issuer.keysUri(), TIMEOUT), settings);
    }

    private static SignedJWT parse(String token) {
        try {
            return SignedJWT.parse(token);
        } catch (ParseException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private List<JWK> lookUp(String token) {
        return keys.apply(parse(token)).collectList().block();
    }

    private List<JWK> lookUp(TestIssuer of) {
        return lookUp(of.token("alice"));
    }

    private KeysUnavailableException assertUnavailable(TestIssuer of) {
        return assertThatExceptionOfType(KeysUnavailableException.class)
                .isThrownBy(() -> lookUp(of))
                .actual();
    }

    private void awaitKeys() {
        await().until(() -> keys.generation() > 0);
    }

    @Test
    void keysAreFetchedAtStart_andOnce_forAllTokens() {
        start(LONG, LONG, LONG.multipliedBy(2));
        awaitKeys();

        for (int i = 0; i < 100; i++) {
            assertThat(lookUp(TOKENS)).containsExactly(TOKENS.key().toPublicJWK());
        }
        assertThat(issuer.fetches()).isEqualTo(1);
    }

    @Test
    void knownKey_isFoundOnTheCallersThread() {
        start(LONG, LONG, LONG.multipliedBy(2));
        awaitKeys();

        Thread found = keys.apply(parse(TOKENS.token("alice")))
                .map(key -> Thread.currentThread())
                .blockFirst();
        assertThat(found).isSameAs(Thread.currentThread());
    }

    @Test
    void beforeTheFirstFetch_tokensFailImmediatelyAsUnavailable() {
        issuer.startFault(IssuerServer.Fault.HANGS);
        start(LONG, SHORT, LONG.multipliedBy(2));

        assertThat(assertUnavailable(TOKENS).retryAfterSeconds()).isEqualTo(1);
        issuer.recover();
        awaitKeys();
        assertThat(lookUp(TOKENS)).hasSize(1);
    }

    @Test
    void newKey_isFoundByTheFetchThatItsFirstTokenTriggers() {
        start(LONG, SHORT, LONG.multipliedBy(2));
        awaitKeys();
        issuer.publish(TOKENS, OTHERS);

        assertUnavailable(OTHERS);
        await().until(() -> issuer.fetches() == 2 && keys.generation() == 2);
        assertThat(lookUp(OTHERS)).containsExactly(OTHERS.key().toPublicJWK());
        assertThat(lookUp(TOKENS)).containsExactly(TOKENS.key().toPublicJWK());
    }

    @Test
    void absentKey_isReportedAbsent_afterALaterFetch_forOneInterval() {
        start(LONG, Duration.ofSeconds(1), LONG.multipliedBy(2));
        awaitKeys();

        assertThat(assertUnavailable(OTHERS).retryAfterSeconds()).isEqualTo(1);
        await().ignoreException(KeysUnavailableException.class)
                .until(() -> lookUp(OTHERS).isEmpty());
        assertThat(issuer.fetches()).isGreaterThanOrEqualTo(2);
        await().untilAsserted(() -> assertUnavailable(OTHERS));
    }

    @Test
    void unknownAlgorithm_orKeyOfAnotherAlgorithm_noKeyFits() {
        start(LONG, LONG, LONG.multipliedBy(2));
        awaitKeys();

        for (String algorithm : new String[] {"HS256", "ES256", "made-up"}) {
            String head =
                    "{\"alg\":\"" + algorithm + "\",\"kid\":\"" + TOKENS.key().getKeyID() + "\"}";
            assertThat(lookUp(UnsignedTokens.withHead(head))).as(algorithm).isEmpty();
        }
        assertThat(issuer.fetches()).isEqualTo(1);
    }

    @Test
    void tokenWithoutKeyId_allKeysOfItsAlgorithmFit() {
        issuer.publish(TOKENS, OTHERS);
        start(LONG, LONG, LONG.multipliedBy(2));
        awaitKeys();

        assertThat(lookUp(UnsignedTokens.withHead("{\"alg\":\"" + JWSAlgorithm.RS256 + "\"}")))
                .hasSize(2);
    }

    @Test
    void manyUnknownKeyIds_causeOneFetchPerInterval() {
        start(LONG, Duration.ofSeconds(1), LONG.multipliedBy(2));
        awaitKeys();
        long began = System.nanoTime();

        await().during(Duration.ofSeconds(2))
                .pollInterval(Duration.ofMillis(10))
                .until(() -> {
                    for (int i = 0; i < 100; i++) {
                        assertThat(keys.apply(parse(UnsignedTokens.ofKey(
                                                UUID.randomUUID().toString())))
                                        .materialize()
                                        .blockFirst()
                                        .isOnError())
                                .isTrue();
                    }
                    return lookUp(TOKENS).size() == 1;
                });
        long seconds = Duration.ofNanos(System.nanoTime() - began).toSeconds();
        assertThat(issuer.fetches()).isBetween(2, Math.toIntExact(seconds) + 2);
    }

    @Test
    void withdrawnKey_isRemovedByTheNextRefresh() {
        start(SHORT, SHORT, LONG);
        awaitKeys();
        assertThat(lookUp(TOKENS)).hasSize(1);
        issuer.publish(OTHERS);

        await().until(() -> keys.generation() == 2);
        assertUnavailable(TOKENS);
        await().ignoreException(KeysUnavailableException.class)
                .until(() -> lookUp(TOKENS).isEmpty());
    }

    @Test
    void generation_growsOnlyIfTheSetDiffers() {
        start(SHORT, SHORT, LONG);
        awaitKeys();
        await().until(() -> issuer.fetches() > 3);
        assertThat(keys.generation()).isEqualTo(1);

        issuer.publish(OTHERS, TOKENS);
        await().until(() -> keys.generation() == 2);
    }

    @ParameterizedTest
    @EnumSource
    void duringAnOutage_knownKeysAreUsedUntilMaxAge_andUnknownKeysAreUnavailable(
            IssuerServer.Fault fault, CapturedOutput log) {
        start(SHORT, SHORT, Duration.ofMillis(1_500));
        awaitKeys();
        issuer.startFault(fault);

        String uri = issuer.keysUri();
        await().untilAsserted(() -> assertThat(log.getAll()).contains(uri + " cannot be fetched"));
        assertThat(lookUp(TOKENS)).hasSize(1);
        for (int i = 0; i < 20; i++) {
            assertUnavailable(OTHERS);
        }
        await().until(() -> keys.generation() == 2);
        for (int i = 0; i < 20; i++) {
            assertUnavailable(TOKENS);
        }

        issuer.recover();
        await().until(() -> keys.generation() == 3);
        assertThat(lookUp(TOKENS)).hasSize(1);
        assertThat(log.getAll().lines().filter(line -> line.contains(uri + " cannot be fetched")))
                .as("lines at the start of the outage")
                .singleElement()
                .asString()
                .contains("WARN");
        assertThat(log.getAll().lines().filter(line -> line.contains(uri + " can be fetched again")))
                .as("lines at the end of the outage")
                .singleElement()
                .asString()
                .contains("INFO");
    }

    @ParameterizedTest
    @CsvSource({"0s, 5s, 5s, 50m", "1m, 0s, 5s, 50m", "1m, 5s, -1s, 50m", "1m, 5s, 5s, 1m"})
    void invalidSettings_areRefused(String refresh, String minInterval, String timeout, String maxAge) {
        start(LONG, LONG, LONG.multipliedBy(2));

        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> new IssuerSettings(
                        Duration.parse("PT" + refresh),
                        Duration.parse("PT" + minInterval),
                        Duration.parse("PT" + timeout),
                        Duration.parse("PT" + maxAge)))
                .withMessageContaining("heartline.security.issuer.");
    }
}
