package io.heartline.producer.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heartline.producer.EventProducerApplication;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

class DeliveryGuaranteesTest {

    private static KafkaProperties environment(String variable, String value) {
        StandardEnvironment environment = new StandardEnvironment();
        MutablePropertySources sources = environment.getPropertySources();
        sources.forEach(source -> sources.remove(source.getName()));
        sources.addFirst(new SystemEnvironmentPropertySource(
                StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, Map.of(variable, value)));
        return Binder.get(environment).bindOrCreate("spring.kafka", KafkaProperties.class);
    }

    @ParameterizedTest
    @CsvSource({
        "SPRING_KAFKA_PRODUCER_ACKS, 1, spring.kafka.producer.acks",
        "SPRING_KAFKA_PRODUCER_ACKS, 0, spring.kafka.producer.acks",
        "SPRING_KAFKA_PRODUCER_PROPERTIES_ACKS, 1, spring.kafka.producer.properties.acks",
        "SPRING_KAFKA_PROPERTIES_ACKS, 1, spring.kafka.properties.acks",
        "SPRING_KAFKA_PRODUCER_PROPERTIES_ENABLE_IDEMPOTENCE, false, spring.kafka.producer.properties.enable.idempotence",
        "SPRING_KAFKA_PROPERTIES_ENABLE_IDEMPOTENCE, false, spring.kafka.properties.enable.idempotence",
        "SPRING_KAFKA_PRODUCER_RETRIES, 0, spring.kafka.producer.retries",
        "SPRING_KAFKA_PRODUCER_PROPERTIES_MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 6,"
                + " spring.kafka.producer.properties.max.in.flight.requests.per.connection",
        "SPRING_KAFKA_PROPERTIES_MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, many,"
                + " spring.kafka.properties.max.in.flight.requests.per.connection",
        "SPRING_KAFKA_PRODUCER_TRANSACTION_ID_PREFIX, tx, spring.kafka.producer.transaction-id-prefix",
        "SPRING_KAFKA_PROPERTIES_TRANSACTIONAL_ID, tx, spring.kafka.properties.transactional.id"
    })
    void valueBreaksAGuarantee_isRefused_andTheErrorNamesTheProperty(String variable, String value, String property) {
        KafkaProperties kafka = environment(variable, value);

        assertThatThrownBy(() -> DeliveryGuarantees.require(kafka))
                .isInstanceOfSatisfying(InvalidConfigurationPropertyValueException.class, e -> {
                    assertThat(e.getName()).isEqualTo(property);
                    assertThat(e.getValue()).isEqualTo(value);
                });
    }

    @ParameterizedTest
    @CsvSource({
        "SPRING_KAFKA_PRODUCER_ACKS, all",
        "SPRING_KAFKA_PRODUCER_ACKS, -1",
        "SPRING_KAFKA_PROPERTIES_ACKS, ALL",
        "SPRING_KAFKA_PRODUCER_PROPERTIES_ENABLE_IDEMPOTENCE, true",
        "SPRING_KAFKA_PRODUCER_PROPERTIES_MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1",
        "SPRING_KAFKA_PRODUCER_RETRIES, 3",
        "SPRING_KAFKA_PRODUCER_BATCH_SIZE, 16KB"
    })
    void valueKeepsTheGuarantees_isAccepted(String variable, String value) {
        assertThatCode(() -> DeliveryGuarantees.require(environment(variable, value)))
                .doesNotThrowAnyException();
    }

    @ExtendWith(OutputCaptureExtension.class)
    @Test
    void acksIsOne_serviceDoesNotStart_andTheLogNamesTheProperty(CapturedOutput output) {
        assertThatThrownBy(() -> new SpringApplicationBuilder(EventProducerApplication.class)
                        .run(
                                "--spring.config.name=event-producer",
                                "--server.port=0",
                                "--spring.kafka.producer.acks=1"))
                .hasRootCauseInstanceOf(InvalidConfigurationPropertyValueException.class);

        assertThat(output).contains("APPLICATION FAILED TO START", "spring.kafka.producer.acks", "acks must be all");
    }
}
