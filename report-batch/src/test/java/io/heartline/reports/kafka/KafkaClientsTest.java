package io.heartline.reports.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class KafkaClientsTest {

    @Test
    void requestTimeout_isTenSeconds_unlessConfigured() {
        assertThat(source(Map.of()).consumerSettings()).containsEntry("request.timeout.ms", 10_000);
        assertThat(source(Map.of("request.timeout.ms", "3000")).consumerSettings())
                .containsEntry("request.timeout.ms", "3000");
    }

    @Test
    void adminApiTimeout_isTenSeconds_unlessRequestTimeoutIsConfigured() {
        assertThat(source(Map.of()).adminSettings()).containsEntry("default.api.timeout.ms", 10_000);
        Map<String, String> longer = Map.of("request.timeout.ms", "30000");
        assertThat(source(longer).adminSettings()).doesNotContainKey("default.api.timeout.ms");
        source(longer).admin().close();
    }

    private static KafkaClients source(Map<String, String> settings) {
        Map<String, Object> all = new HashMap<>(settings);
        all.put("bootstrap.servers", "127.0.0.1:1");
        return new KafkaClients(KafkaClientSettings.of(all), "likes", "likes.dead", 1);
    }
}
