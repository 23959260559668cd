package io.heartline.producer.kafka;

import java.util.Map;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;

/** The settings of Kafka's producer that make a 202 final. They are fixed: the service does not start with another value. */
final class DeliveryGuarantees {

    static final Map<String, Object> SETTINGS =
            Map.of(ProducerConfig.ACKS_CONFIG, "all", ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);

    private static final int MAX_IN_FLIGHT = 5; // with more, Kafka does not keep the order of an idempotent producer

    private DeliveryGuarantees() {}

    /**
     * Checks every property that can configure such a setting, also a property that another property overrides.
     *
     * @throws InvalidConfigurationPropertyValueException naming the property whose value breaks a guarantee
     */
    static void require(KafkaProperties kafka) {
        KafkaProperties.Producer producer = kafka.getProducer();
        kafka.getProperties().forEach((name, value) -> check("spring.kafka.properties." + name, name, value));
        producer.getProperties()
                .forEach((name, value) -> check("spring.kafka.producer.properties." + name, name, value));
        check("spring.kafka.producer.acks", ProducerConfig.ACKS_CONFIG, producer.getAcks());
        check("spring.kafka.producer.retries", ProducerConfig.RETRIES_CONFIG, text(producer.getRetries()));
        check(
                "spring.kafka.producer.transaction-id-prefix",
                ProducerConfig.TRANSACTIONAL_ID_CONFIG,
                producer.getTransactionIdPrefix());
    }

    private static @Nullable String text(@Nullable Integer value) {
        return value == null ? null : value.toString();
    }

    private static void check(String property, String name, @Nullable String value) {
        String rule = value == null ? null : brokenRule(name, value.trim());
        if (rule != null) {
            throw new InvalidConfigurationPropertyValueException(property, value, rule);
        }
    }

    private static @Nullable String brokenRule(String name, String value) {
        return switch (name) {
            case ProducerConfig.ACKS_CONFIG ->
                value.equalsIgnoreCase("all") || value.equals("-1")
                        ? null
                        : "acks must be all, or a like that was answered with 202 could be lost. Remove this property.";
            case ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG ->
                value.equalsIgnoreCase("true")
                        ? null
                        : "enable.idempotence must be true, or Kafka could change the order of likes. Remove this property.";
            case ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION ->
                isBetween(1, MAX_IN_FLIGHT, value)
                        ? null
                        : "it must be 1 to 5, or Kafka's producer cannot be idempotent.";
            case ProducerConfig.RETRIES_CONFIG ->
                isBetween(1, Integer.MAX_VALUE, value)
                        ? null
                        : "it must be 1 or more, or Kafka's producer cannot be idempotent.";
            case ProducerConfig.TRANSACTIONAL_ID_CONFIG ->
                "the service does not use transactions, so no like could be logged. Remove this property.";
            default -> null;
        };
    }

    private static boolean isBetween(int min, int max, String value) {
        try {
            int number = Integer.parseInt(value);
            return number >= min && number <= max;
        } catch (NumberFormatException e) {
            return false;
        }
    }
}
