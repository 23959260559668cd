package io.heartline.gateway;

import io.heartline.events.LikesLog;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.web.reactive.socket.server.WebSocketService;
import org.springframework.web.reactive.socket.server.support.HandshakeWebSocketService;
import org.springframework.web.reactive.socket.server.upgrade.ReactorNettyRequestUpgradeStrategy;

@Configuration(proxyBeanMethods = false)
class GatewayConfiguration {

    @Bean
    LogReader logReader(GatewaySettings settings, ConsumerFactory<byte[], byte[]> consumers) {
        GatewaySettings.Replay replay = settings.replay();
        LogReader.Limits limits = new LogReader.Limits(
                replay.threads(), replay.waiting(), replay.pageEvents(), replay.pageRecords(), replay.patience());
        return new LogReader(settings.topic(), limits, consumers::createConsumer);
    }

    @Bean
    Fanout fanout(GatewaySettings settings, LogReader reader, MeterRegistry registry) {
        Fanout.Limits limits = new Fanout.Limits(
                settings.ring().size().toBytes(),
                settings.foldBehind(),
                settings.replay().records(),
                settings.heartbeat(),
                settings.stall());
        return new Fanout(limits, reader, System::nanoTime, new GatewayMetrics(registry));
    }

    @Bean
    LogTail logTail(
            GatewaySettings settings, ConsumerFactory<byte[], byte[]> consumers, KafkaAdmin kafka, Fanout fanout) {
        return new LogTail(
                () -> describe(kafka, settings.topic()),
                consumers::createConsumer,
                fanout,
                settings.ring().prime(),
                settings.retry());
    }

    private static LikesLog describe(KafkaAdmin kafka, String topic) {
        Admin admin = Admin.create(kafka.getConfigurationProperties());
        try {
            return LikesLog.describe(admin, topic).toCompletableFuture().join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof KafkaException cause ? cause : e;
        } finally {
            admin.close(Duration.ZERO);
        }
    }

    /** Drives {@link Fanout#tick()}. */
    @Component
    record Clock(Fanout fanout) {

        @Scheduled(fixedRate = 250)
        void tick() {
            fanout.tick();
        }
    }

    @Bean
    WebSocketService webSocketService() {
        return new HandshakeWebSocketService(new ReactorNettyRequestUpgradeStrategy());
    }

    /** Part of readiness: no reader is sent here before the gateway knows where the log stands. */
    @Bean
    HealthIndicator logHealthIndicator(Fanout fanout) {
        return () -> (fanout.hasBeenLive() ? Health.up() : Health.outOfService()).build();
    }
}
