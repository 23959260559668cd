package io.heartline.web;

import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKMatcher;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.JWKSetCacheRefreshEvaluator;
import com.nimbusds.jose.jwk.source.JWKSetRetrievalException;
import com.nimbusds.jose.jwk.source.JWKSetSource;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.jwk.source.RateLimitReachedException;
import com.nimbusds.jose.jwk.source.URLBasedJWKSetSource;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import com.nimbusds.jose.util.JSONObjectUtils;
import com.nimbusds.jose.util.ResourceRetriever;
import com.nimbusds.jwt.SignedJWT;
import java.io.Closeable;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.text.ParseException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * The keys of whoever issues tokens, as they are published. Spring's own reactive source keeps a key for ever that has been
 * withdrawn, asks for all keys again with every token of an unknown one, and waits for an answer without end; Nimbus's forgets
 * after five minutes, asks at most twice in 30 s, and outlasts an issuer's outage of 50 minutes.
 */
final class IssuerKeys implements Function<SignedJWT, Flux<JWK>>, Closeable {

    private static final int PATIENCE_MS = Math.toIntExact(Duration.ofSeconds(3).toMillis());
    private static final int MOST_BYTES = 256 * 1024;

    private static final Logger log = LoggerFactory.getLogger(IssuerKeys.class);

    private final JWKSource<SecurityContext> keys;
    private final AtomicBoolean inTrouble = new AtomicBoolean();
    private volatile boolean known;

    private IssuerKeys(JWKSetSource<SecurityContext> published) {
        this.keys = JWKSourceBuilder.create(published)
                .retrying(true)
                .outageTolerant(true)
                .build();
    }

    /** @param uri of a JWK set */
    static IssuerKeys at(String uri) throws IOException {
        return new IssuerKeys(new URLBasedJWKSetSource<>(URI.create(uri).toURL(), retriever()));
    }

    /** @param issuer whose metadata, which say where its JWK set is, are looked up with the first token */
    static IssuerKeys of(String issuer) {
        return new IssuerKeys(new Discovered(issuer, retriever()));
    }

    private static ResourceRetriever retriever() {
        return new DefaultResourceRetriever(PATIENCE_MS, PATIENCE_MS, MOST_BYTES);
    }

    /** Those that may have signed it: none, or fails if they cannot be had. */
    @Override
    public Flux<JWK> apply(SignedJWT token) {
        JWKSelector wanted = new JWKSelector(JWKMatcher.forJWSHeader(token.getHeader()));
        return Mono.fromCallable(() -> select(wanted))
                .subscribeOn(Schedulers.boundedElastic()) // it may have to ask for them
                .flatMapIterable(Function.identity());
    }

    private List<JWK> select(JWKSelector wanted) throws KeySourceException {
        try {
            List<JWK> found = keys.get(wanted, null);
            known = true;
            if (inTrouble.compareAndSet(true, false)) {
                log.info("the keys that tokens are checked with can be had again");
            }
            return found;
        } catch (RateLimitReachedException e) {
            if (known) {
                return List.of(); // it was asked a moment ago, and this was not among them
            }
            throw e;
        } catch (KeySourceException e) {
            if (inTrouble.compareAndSet(false, true)) { // once, and not with every token
                log.warn("the keys that tokens are checked with cannot be had: {}", e.getMessage());
            }
            throw e;
        }
    }

    @Override
    public void close() throws IOException {
        if (keys instanceof Closeable closeable) {
            closeable.close();
        }
    }

    /** OpenID Connect Discovery 1.0, 4: the issuer says where its keys are. */
    private static final class Discovered implements JWKSetSource<SecurityContext> {

        private final String issuer;
        private final ResourceRetriever retriever;

        Discovered(String issuer, ResourceRetriever retriever) {
            this.issuer = issuer;
            this.retriever = retriever;
        }

        @Override
        public JWKSet getJWKSet(JWKSetCacheRefreshEvaluator refresh, long now, SecurityContext context)
                throws KeySourceException {
            return new URLBasedJWKSetSource<SecurityContext>(discover(), retriever).getJWKSet(refresh, now, context);
        }

        private URL discover() throws KeySourceException {
            String at = issuer.replaceFirst("/$", "") + "/.well-known/openid-configuration";
            try {
                Map<String, Object> metadata = JSONObjectUtils.parse(
                        retriever.retrieveResource(URI.create(at).toURL()).getContent());
                if (!issuer.equals(metadata.get("issuer"))) {
                    throw new JWKSetRetrievalException(at + " is of another issuer: " + metadata.get("issuer"), null);
                }
                return URI.create(JSONObjectUtils.getString(metadata, "jwks_uri"))
                        .toURL();
            } catch (IOException | ParseException | RuntimeException e) {
                throw new JWKSetRetrievalException("cannot read " + at + ": " + e.getMessage(), e);
            }
        }

        @Override
        public void close() {
            // nothing is held on to
        }
    }
}
