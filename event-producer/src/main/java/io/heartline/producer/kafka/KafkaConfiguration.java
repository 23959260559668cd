package io.heartline.producer.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.kafka.autoconfigure.DefaultKafkaProducerFactoryCustomizer;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.kafka.core.ProducerFactory;

/** The beans that use Kafka, and the settings of Kafka's clients that follow from {@link AppendSettings}. */
@Configuration(proxyBeanMethods = false)
class KafkaConfiguration {

    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    /**
     * Number of requests that fit into the ack timeout. If the connections to the broker are half open, the connection for likes
     * and the connection for metadata time out one after the other. The third request then reaches the broker.
     */
    private static final int REQUEST_ATTEMPTS = 3;

    /** Derives the timeouts of Kafka's producer from the ack timeout, so that an operator sets one figure. */
    @Bean
    DefaultKafkaProducerFactoryCustomizer producerTimeouts(AppendSettings settings, KafkaProperties kafka) {
        DeliveryGuarantees.require(kafka);
        int ackTimeoutMillis = Math.toIntExact(settings.ackTimeout().toMillis());
        return factory -> {
            int lingerMillis = lingerMillis(factory.getConfigurationProperties());
            factory.updateConfigs(DeliveryGuarantees.SETTINGS);
            factory.updateConfigs(Map.of(
                    ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                    ackTimeoutMillis,
                    ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                    Math.max(1, Math.min(ackTimeoutMillis - lingerMillis, ackTimeoutMillis / REQUEST_ATTEMPTS)),
                    // event loops call the producer, so it must refuse a like instead of waiting
                    ProducerConfig.MAX_BLOCK_MS_CONFIG,
                    0,
                    // otherwise the producer drops its metadata after five idle minutes, and refuses the next like
                    ProducerConfig.METADATA_MAX_IDLE_CONFIG,
                    Duration.ofDays(3650).toMillis()));
            factory.setPhysicalCloseTimeout(Math.toIntExact(CLOSE_TIMEOUT.toSeconds()));
        };
    }

    private static int lingerMillis(Map<String, Object> settings) {
        return Integer.parseInt(
                settings.getOrDefault(ProducerConfig.LINGER_MS_CONFIG, "5").toString());
    }

    @Bean(initMethod = "start")
    TopicMonitor topicMonitor(
            ProducerFactory<byte[], byte[]> producers, KafkaAdmin kafkaAdmin, AppendSettings settings) {
        int timeoutMillis = Math.toIntExact(TopicAdmin.REQUEST_TIMEOUT.toMillis());
        Map<String, Object> adminConfig = new HashMap<>(kafkaAdmin.getConfigurationProperties());
        adminConfig.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, timeoutMillis);
        adminConfig.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, timeoutMillis);
        return new TopicMonitor(producers, adminConfig, settings.topic(), settings.topicCheckInterval());
    }

    @Bean
    LikeAppender likeAppender(TopicMonitor monitor, AppendSettings settings) {
        return new LikeAppender(monitor, settings.source(), settings.ackTimeout());
    }

    /** Part of readiness: a load balancer sends likes to other instances while this instance cannot log them. */
    @Bean
    HealthIndicator kafkaHealthIndicator(TopicMonitor monitor, AppendSettings settings) {
        return () -> {
            Throwable failure = monitor.failure();
            Health.Builder health = failure == null ? Health.up() : Health.outOfService();
            if (failure != null) {
                health.withDetail("reason", failure.toString());
            }
            return health.withDetail("topic", settings.topic().name()).build();
        };
    }
}
