package io.heartline.reports.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.boot.kafka.autoconfigure.KafkaConnectionDetails;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.boot.kafka.autoconfigure.SslBundleSslEngineFactory;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslStoreBundle;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

class KafkaClientSettingsTest {

    private static final String BUNDLE = SslBundle.class.getName();

    private final ApplicationContextRunner context = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(KafkaAutoConfiguration.class, SslAutoConfiguration.class))
            .withUserConfiguration(Settings.class);

    @Configuration(proxyBeanMethods = false)
    static class Settings {

        @Bean
        KafkaClientSettings settings(KafkaProperties properties, KafkaConnectionDetails connection) {
            return new KafkaClientSettings(properties, connection);
        }
    }

    @Test
    void eachKindOfClient_hasTheSettingsOfSpringKafka() {
        context.withPropertyValues(
                        "spring.kafka.bootstrap-servers=broker-1:9092,broker-2:9092",
                        "spring.kafka.security.protocol=SASL_SSL",
                        "spring.kafka.properties.[sasl.mechanism]=SCRAM-SHA-512",
                        "spring.kafka.consumer.properties.[fetch.min.bytes]=2")
                .run(started -> {
                    KafkaClientSettings settings = started.getBean(KafkaClientSettings.class);
                    assertThat(List.of(settings.admin(), settings.consumer(), settings.producer()))
                            .allSatisfy(kafka -> assertThat(kafka)
                                    .containsEntry("bootstrap.servers", List.of("broker-1:9092", "broker-2:9092"))
                                    .containsEntry("security.protocol", "SASL_SSL")
                                    .containsEntry("sasl.mechanism", "SCRAM-SHA-512")
                                    .doesNotContainKey(BUNDLE));
                    assertThat(settings.consumer()).containsEntry("fetch.min.bytes", "2");
                    assertThat(settings.admin()).doesNotContainKey("fetch.min.bytes");
                });
    }

    @Test
    void laterClient_hasTheLaterBundle() {
        DefaultSslBundleRegistry bundles = new DefaultSslBundleRegistry();
        SslBundle first = SslBundle.of(SslStoreBundle.NONE);
        bundles.registerBundle("kafka", first);
        context.withBean("bundles", DefaultSslBundleRegistry.class, () -> bundles)
                .withPropertyValues("spring.kafka.ssl.bundle=kafka", "spring.kafka.security.protocol=SSL")
                .run(started -> {
                    KafkaClientSettings settings = started.getBean(KafkaClientSettings.class);
                    assertThat(settings.consumer())
                            .containsEntry(BUNDLE, first)
                            .containsEntry("ssl.engine.factory.class", SslBundleSslEngineFactory.class);

                    SslBundle second = SslBundle.of(SslStoreBundle.NONE);
                    bundles.updateBundle("kafka", second);

                    assertThat(settings.consumer()).containsEntry(BUNDLE, second);
                });
    }

    @Test
    void unknownBundle_failsTheStart() {
        context.withPropertyValues("spring.kafka.ssl.bundle=none")
                .run(started ->
                        assertThat(started).getFailure().hasRootCauseInstanceOf(NoSuchSslBundleException.class));
    }

    @Test
    void overrides_replaceAllSettings() {
        KafkaClientSettings settings = KafkaClientSettings.of(Map.of("request.timeout.ms", "30000", "client.id", "a"))
                .withOverrides(Map.of("request.timeout.ms", 3_000));

        assertThat(settings.admin()).containsEntry("request.timeout.ms", 3_000).containsEntry("client.id", "a");
    }
}
