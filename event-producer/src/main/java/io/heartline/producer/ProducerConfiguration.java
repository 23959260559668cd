package io.heartline.producer;

import java.time.InstantSource;
import org.apache.kafka.clients.admin.Admin;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ApplicationRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.kafka.core.KafkaTemplate;

@Configuration(proxyBeanMethods = false)
class ProducerConfiguration {

    private static final Logger log = LoggerFactory.getLogger(ProducerConfiguration.class);

    @Bean
    LikeReader likeReader(ProducerSettings settings) {
        return new LikeReader(InstantSource.system(), settings.maxEventAge(), settings.maxEventLead());
    }

    /** Readers wait for the topic, so it is created at the start if Kafka is there, and else by the first like. */
    @Bean
    ApplicationRunner createTopic(LikeLog likes) {
        return args -> likes.current()
                .subscribe(
                        found -> log.info(
                                "topic {} has {} partitions (epoch {})",
                                found.topic(),
                                found.partitions(),
                                found.epoch()),
                        e -> log.warn("Kafka does not answer yet: {}", e.toString()));
    }

    @Bean
    LikeLog likeLog(KafkaTemplate<byte[], byte[]> kafka, KafkaAdmin connection, ProducerSettings settings) {
        return new LikeLog(kafka, Admin.create(connection.getConfigurationProperties()), settings);
    }
}
