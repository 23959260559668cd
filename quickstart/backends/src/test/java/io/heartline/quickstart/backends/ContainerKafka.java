package io.heartline.quickstart.backends;

import org.testcontainers.kafka.KafkaContainer;

/** The Kafka broker of {@link Backends} in a container. */
final class ContainerKafka {

    /** The image that docker-compose.yml runs. */
    static final String IMAGE = "apache/kafka:4.2.1";

    private ContainerKafka() {}

    /** Starts the container and returns its bootstrap servers. */
    static String start() {
        KafkaContainer kafka = new KafkaContainer(IMAGE)
                .withEnv("KAFKA_AUTO_CREATE_TOPICS_ENABLE", "false")
                .withEnv("KAFKA_TRANSACTION_STATE_LOG_NUM_PARTITIONS", "1");
        kafka.start();
        // Testcontainers' reaper stops containers too, unless it is switched off
        Runtime.getRuntime().addShutdownHook(new Thread(kafka::stop));
        return kafka.getBootstrapServers();
    }
}
