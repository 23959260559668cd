package io.heartline.reports.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Map;
import javax.net.ssl.SSLEngine;
import org.junit.jupiter.api.Test;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundleKey;
import org.springframework.boot.ssl.SslOptions;
import org.springframework.boot.ssl.SslStoreBundle;

class BundleSslEnginesTest {

    private static final String SUITE = "TLS_AES_256_GCM_SHA384";

    private final DefaultSslBundleRegistry bundles = new DefaultSslBundleRegistry();

    @Test
    void withoutABundle_nothingIsSet() {
        assertThat(BundleSslEngines.settings(null, bundles)).isEmpty();
        assertThat(BundleSslEngines.settings("", bundles)).isEmpty();
    }

    @Test
    void aBundleThatThereIsNot_isFoundOutAtTheStart() {
        assertThatExceptionOfType(NoSuchSslBundleException.class)
                .isThrownBy(() -> BundleSslEngines.settings("none", bundles))
                .withMessageContaining("none");
    }

    @Test
    void anEngine_isAClients_asksForTheBrokersName_andKeepsToTheBundlesOptions() {
        bundles.registerBundle("kafka", bundle(new String[] {SUITE}, new String[] {"TLSv1.3"}));

        SSLEngine engine = engine(BundleSslEngines.settings("kafka", bundles));

        assertThat(engine.getUseClientMode()).isTrue();
        assertThat(engine.getPeerHost()).isEqualTo("broker-1");
        assertThat(engine.getSSLParameters().getEndpointIdentificationAlgorithm())
                .isEqualTo("https");
        assertThat(engine.getEnabledCipherSuites()).containsExactly(SUITE);
        assertThat(engine.getEnabledProtocols()).containsExactly("TLSv1.3");
    }

    @Test
    void aClientThatIsMadeLater_hasTheBundleAsItIsByThen() {
        bundles.registerBundle("kafka", bundle(null, null));
        Map<String, Object> settings = BundleSslEngines.settings("kafka", bundles);
        assertThat(engine(settings).getEnabledProtocols()).contains("TLSv1.2");

        bundles.updateBundle("kafka", bundle(null, new String[] {"TLSv1.3"}));

        assertThat(engine(settings).getEnabledProtocols()).containsExactly("TLSv1.3");
    }

    private static SslBundle bundle(String[] ciphers, String[] protocols) {
        return SslBundle.of(SslStoreBundle.NONE, SslBundleKey.NONE, SslOptions.of(ciphers, protocols));
    }

    private static SSLEngine engine(Map<String, Object> settings) {
        BundleSslEngines engines = new BundleSslEngines();
        engines.configure(settings);
        return engines.createClientSslEngine("broker-1", 9093, "https");
    }
}
