package io.heartline.gateway.kafka;

import io.heartline.gateway.stream.fanout.Fanout;
import io.heartline.gateway.stream.metrics.GatewayMetrics;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.KafkaAdmin;

@Configuration(proxyBeanMethods = false)
class KafkaConfiguration {

    @Bean
    TopicLookup topicLookup(KafkaAdmin kafka, TailSettings settings) {
        return new TopicLookup(kafka.getConfigurationProperties(), settings.topic());
    }

    @Bean
    TopicTailer topicTailer(
            TailSettings settings,
            ConsumerFactory<byte[], byte[]> consumers,
            TopicLookup lookup,
            Fanout fanout,
            GatewayMetrics metrics) {
        boolean isAlone = settings.tails() == 1;
        TailClients clients = new TailClients(
                lookup::describe,
                // the suffix of the client id, by which the metrics of Kafka's clients differ
                number -> consumers.createConsumer(null, null, isAlone ? null : "-" + number),
                () -> consumers.createConsumer(null, "probe", null, UndecodableSearch.consumerSettings()));
        return new TopicTailer(clients, fanout, metrics, settings);
    }
}
