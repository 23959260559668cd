package io.heartline.producer;

import java.time.InstantSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.kafka.core.KafkaTemplate;

@Configuration(proxyBeanMethods = false)
class ProducerConfiguration {

    @Bean
    LikeReader likeReader(ProducerSettings settings) {
        return new LikeReader(InstantSource.system(), settings.maxEventAge(), settings.maxEventLead());
    }

    @Bean
    LikeLog likeLog(KafkaTemplate<byte[], byte[]> kafka, KafkaAdmin topics, ProducerSettings settings) {
        return new LikeLog(kafka, topics, settings);
    }
}
