package io.heartline.reports.kafka;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.common.config.SslConfigs;
import org.springframework.boot.kafka.autoconfigure.KafkaConnectionDetails;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.boot.kafka.autoconfigure.SslBundleSslEngineFactory;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.util.StringUtils;

/**
 * Settings of Kafka clients from {@code spring.kafka}. They are read again for each client, so that a run uses the SSL bundle as it
 * is by then. The client factories of Spring Boot keep the bundle of the start.
 */
public final class KafkaClientSettings {

    private final Supplier<Map<String, Object>> admin;
    private final Supplier<Map<String, Object>> consumer;
    private final Supplier<Map<String, Object>> producer;

    private KafkaClientSettings(
            Supplier<Map<String, Object>> admin,
            Supplier<Map<String, Object>> consumer,
            Supplier<Map<String, Object>> producer) {
        this.admin = admin;
        this.consumer = consumer;
        this.producer = producer;
    }

    /**
     * Creates settings that read the properties again for each client.
     *
     * @param properties the settings under {@code spring.kafka}
     * @param connection the brokers, the security protocol and the SSL bundle
     */
    public KafkaClientSettings(KafkaProperties properties, KafkaConnectionDetails connection) {
        this(
                () -> connected(properties.buildAdminProperties(), connection.getAdmin()),
                () -> connected(properties.buildConsumerProperties(), connection.getConsumer()),
                () -> connected(properties.buildProducerProperties(), connection.getProducer()));
    }

    /**
     * {@return settings that do not come from {@code spring.kafka}}
     *
     * @param settings of all clients, as Kafka names them
     */
    public static KafkaClientSettings of(Map<String, ?> settings) {
        Supplier<Map<String, Object>> copy = () -> new HashMap<>(settings);
        return new KafkaClientSettings(copy, copy, copy);
    }

    private static Map<String, Object> connected(
            Map<String, Object> settings, KafkaConnectionDetails.Configuration connection) {
        settings.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, connection.getBootstrapServers());
        if (StringUtils.hasLength(connection.getSecurityProtocol())) {
            settings.put(CommonClientConfigs.SECURITY_PROTOCOL_CONFIG, connection.getSecurityProtocol());
        }
        if (connection.getSslBundle() != null) {
            settings.put(SslConfigs.SSL_ENGINE_FACTORY_CLASS_CONFIG, SslBundleSslEngineFactory.class);
            settings.put(SslBundle.class.getName(), connection.getSslBundle()); // where the factory looks for it
        }
        return settings;
    }

    /**
     * Returns these settings with others on top.
     *
     * @param overrides of all clients, as Kafka names them
     * @return new settings; these ones stay as they are
     */
    public KafkaClientSettings withOverrides(Map<String, ?> overrides) {
        return new KafkaClientSettings(
                () -> merged(admin.get(), overrides),
                () -> merged(consumer.get(), overrides),
                () -> merged(producer.get(), overrides));
    }

    private static Map<String, Object> merged(Map<String, Object> settings, Map<String, ?> overrides) {
        settings.putAll(overrides);
        return settings;
    }

    /** Returns a new map that the caller may change. */
    Map<String, Object> admin() {
        return admin.get();
    }

    /** Returns a new map that the caller may change. */
    Map<String, Object> consumer() {
        return consumer.get();
    }

    /** Returns a new map that the caller may change. */
    Map<String, Object> producer() {
        return producer.get();
    }
}
