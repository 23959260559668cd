package io.heartline.reports.kafka;

import java.security.KeyStore;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.apache.kafka.common.security.auth.SslEngineFactory;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.util.StringUtils;

/** TLS of a plain Kafka client by one of Spring's SSL bundles, as spring-kafka's clients have it. Made by Kafka, hence public. */
public final class BundleSslEngines implements SslEngineFactory {

    private static final String BUNDLE = "heartline.ssl.bundle";

    private SslBundle bundle;
    private SSLContext context;

    /**
     * Kafka's settings for TLS; none without a name. Clients are made for each run, and take the bundle as it is by then, so
     * that a certificate that was replaced is out of use with the next run.
     */
    public static Map<String, Object> settings(String name, SslBundles bundles) {
        if (!StringUtils.hasText(name)) {
            return Map.of();
        }
        bundles.getBundle(name); // a name that is none's is found out at the start, not by the first run
        Supplier<SslBundle> bundle = () -> bundles.getBundle(name);
        return Map.of(
                CommonClientConfigs.SECURITY_PROTOCOL_CONFIG,
                SecurityProtocol.SSL.name,
                SslConfigs.SSL_ENGINE_FACTORY_CLASS_CONFIG,
                BundleSslEngines.class,
                BUNDLE,
                bundle);
    }

    @Override
    public void configure(Map<String, ?> settings) {
        bundle = (SslBundle) ((Supplier<?>) settings.get(BUNDLE)).get();
        context = bundle.createSslContext();
    }

    @Override
    public SSLEngine createClientSslEngine(String host, int port, String endpointIdentification) {
        SSLEngine engine = context.createSSLEngine(host, port);
        engine.setUseClientMode(true);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm(endpointIdentification);
        if (bundle.getOptions().getCiphers() != null) {
            parameters.setCipherSuites(bundle.getOptions().getCiphers());
        }
        if (bundle.getOptions().getEnabledProtocols() != null) {
            parameters.setProtocols(bundle.getOptions().getEnabledProtocols());
        }
        engine.setSSLParameters(parameters);
        return engine;
    }

    @Override
    public SSLEngine createServerSslEngine(String host, int port) {
        throw new UnsupportedOperationException("a client's alone");
    }

    /** Asked of brokers, whose settings may change while they run. */
    @Override
    public boolean shouldBeRebuilt(Map<String, Object> next) {
        return false;
    }

    @Override
    public Set<String> reconfigurableConfigs() {
        return Set.of();
    }

    @Override
    public KeyStore keystore() {
        return bundle.getStores().getKeyStore();
    }

    @Override
    public KeyStore truststore() {
        return bundle.getStores().getTrustStore();
    }

    @Override
    public void close() {}
}
