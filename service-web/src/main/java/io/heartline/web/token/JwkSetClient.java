package io.heartline.web.token;

import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.util.JSONObjectUtils;
import io.netty.resolver.DefaultAddressResolverGroup;
import java.io.Closeable;
import java.net.URI;
import java.text.ParseException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientRequest;
import reactor.netty.http.client.HttpClientResponse;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.resources.LoopResources;

/**
 * The set of keys that an issuer publishes, at a known address or at the address in the issuer's metadata (OpenID Connect
 * Discovery 1.0, 4). An address from outside, by metadata or by a redirect, has to be https, or of the scheme of the address
 * that it came from.
 */
final class JwkSetClient implements Closeable {

    private static final int MAX_BYTES = 256 * 1024;

    private final String address;
    private final String issuer;
    private final Duration timeout;
    // of its own, since a slow name server or handshake must not delay requests
    private final LoopResources loop = LoopResources.create("issuer-http", 1, true);
    private final WebClient http;

    /** @param issuer null if the address is that of the set, not of metadata */
    private JwkSetClient(String address, String issuer, Duration timeout) {
        this.address = address;
        this.issuer = issuer;
        this.timeout = timeout;
        this.http = WebClient.builder()
                .clientConnector(new ReactorClientHttpConnector(HttpClient.create(ConnectionProvider.newConnection())
                        .runOn(loop)
                        .resolver(DefaultAddressResolverGroup.INSTANCE)
                        .proxyWithSystemProperties()
                        .followRedirect(JwkSetClient::isRedirectFollowed)))
                .codecs(codecs -> codecs.defaultCodecs().maxInMemorySize(MAX_BYTES))
                .build();
    }

    /** @param uri of the set, http or https */
    static JwkSetClient forJwkSetUri(String uri, Duration timeout) {
        return new JwkSetClient(uri, null, timeout);
    }

    /** @param issuer its name, an http or https URL below which its metadata are */
    static JwkSetClient forIssuer(String issuer, Duration timeout) {
        String metadata = issuer.replaceFirst("/$", "") + "/.well-known/openid-configuration";
        return new JwkSetClient(metadata, issuer, timeout);
    }

    /** Returns the address that a fetch begins with, for logs. */
    String address() {
        return address;
    }

    /** Fetches the set. Fails if it, or the metadata, cannot be had within the timeout or are malformed. */
    Mono<JWKSet> fetch() {
        Mono<String> set = issuer == null
                ? get(address)
                : get(address).map(metadata -> jwkSetUri(issuer, metadata)).flatMap(this::get);
        return set.map(JwkSetClient::parse)
                .timeout(
                        timeout,
                        Mono.error(() -> new TimeoutException("no answer within " + timeout.toMillis() + " ms")));
    }

    private Mono<String> get(String uri) {
        return http.get()
                .uri(URI.create(uri))
                .retrieve()
                .bodyToMono(String.class)
                .defaultIfEmpty("");
    }

    private static JWKSet parse(String set) {
        try {
            return JWKSet.parse(set);
        } catch (ParseException e) {
            throw new IllegalArgumentException("no JWK set: " + e.getMessage(), e);
        }
    }

    /**
     * Returns where an issuer's keys are.
     *
     * @param metadata JSON
     * @throws IllegalArgumentException if the metadata are of another issuer, malformed, or name an address of another kind
     */
    static String jwkSetUri(String issuer, String metadata) {
        try {
            Map<String, Object> members = JSONObjectUtils.parse(metadata);
            Object name = members == null ? null : members.get("issuer"); // null is JSON, too
            if (!issuer.equals(name)) {
                throw new IllegalArgumentException("the metadata are of another issuer: " + name);
            }
            String uri = JSONObjectUtils.getString(members, "jwks_uri");
            if (uri == null || !isAllowedScheme(URI.create(issuer), URI.create(uri))) {
                throw new IllegalArgumentException("jwks_uri must be https, or of the issuer's scheme, and is " + uri);
            }
            return uri;
        } catch (ParseException e) {
            throw new IllegalArgumentException("the metadata are malformed: " + e.getMessage(), e);
        }
    }

    private static boolean isAllowedScheme(URI from, URI to) {
        return "https".equalsIgnoreCase(to.getScheme()) || from.getScheme().equalsIgnoreCase(to.getScheme());
    }

    private static boolean isRedirectFollowed(HttpClientRequest request, HttpClientResponse response) {
        String to = response.responseHeaders().get(HttpHeaders.LOCATION);
        if (to == null || response.status().code() / 100 != 3) {
            return false;
        }
        URI from = URI.create(request.resourceUrl());
        return isAllowedScheme(from, from.resolve(to));
    }

    @Override
    public void close() {
        loop.dispose();
    }
}
