package io.heartline.gateway.kafka.replay;

import io.heartline.gateway.kafka.TailSettings;
import io.heartline.gateway.kafka.UndecodableSearch;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.core.ConsumerFactory;

@Configuration(proxyBeanMethods = false)
class ReplayConfiguration {

    @Bean(destroyMethod = "stop")
    KafkaHistory kafkaHistory(
            TailSettings tail, KafkaHistory.Limits limits, ConsumerFactory<byte[], byte[]> consumers) {
        return new KafkaHistory(
                tail.topic(),
                limits,
                () -> consumers.createConsumer(null, "replay", null, KafkaHistory.consumerSettings()),
                () -> consumers.createConsumer(null, "replay-probe", null, UndecodableSearch.consumerSettings()));
    }

    @Bean
    MeterBinder replays(KafkaHistory reader) {
        return registry -> Gauge.builder("heartline.gateway.replays", reader, KafkaHistory::readsInProgress)
                .description("Pages that are read from Kafka because the ring no longer has them, or wait to be read")
                .register(registry);
    }
}
