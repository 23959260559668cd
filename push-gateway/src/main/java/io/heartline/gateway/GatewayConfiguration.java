package io.heartline.gateway;

import io.heartline.gateway.http.HttpSettings;
import io.heartline.gateway.kafka.TailSettings;
import io.heartline.gateway.kafka.TopicTailer;
import io.heartline.gateway.kafka.replay.KafkaHistory;
import io.heartline.gateway.stream.DeliveryTracing;
import io.heartline.gateway.stream.GatewayLimits;
import io.heartline.gateway.stream.fanout.Fanout;
import io.heartline.gateway.stream.metrics.GatewayMetrics;
import io.heartline.gateway.transport.OutboundBufferLimit;
import io.heartline.gateway.transport.TransportSettings;
import io.heartline.web.limit.ConcurrencyLimit;
import io.heartline.web.security.SecuritySettings;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.propagation.Propagator;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Beans of the service that belong to no other package, and the settings of each package. */
@Configuration(proxyBeanMethods = false)
class GatewayConfiguration {

    /** How many callers with a token can fill an instance, if the maximum of one caller is not set. */
    private static final int MIN_CALLERS_TO_FILL_INSTANCE = 10;

    @Bean
    TailSettings tailSettings(GatewaySettings settings) {
        return new TailSettings(
                settings.topic(),
                settings.tails(),
                settings.ring().preloadRecords(),
                settings.retry(),
                settings.topicCheck());
    }

    @Bean
    KafkaHistory.Limits replayLimits(GatewaySettings settings) {
        GatewaySettings.Replay replay = settings.replay();
        return new KafkaHistory.Limits(
                replay.threads(),
                replay.waiting(),
                replay.perCaller(),
                replay.pageEvents(),
                replay.pageRecords(),
                replay.pageSize().toBytes(),
                replay.cache().toBytes(),
                replay.timeout());
    }

    @Bean
    TransportSettings transportSettings(GatewaySettings settings) {
        return new TransportSettings(
                settings.sendBuffer(),
                settings.unreadBuffers(),
                settings.stallTimeout().plus(settings.closeTimeout()));
    }

    @Bean
    HttpSettings httpSettings(GatewaySettings settings) {
        return new HttpSettings(
                settings.heartbeat(),
                settings.closeTimeout(),
                settings.eventSourceRetry(),
                settings.accessTokenParameter());
    }

    @Bean
    GatewayMetrics gatewayMetrics(MeterRegistry registry) {
        return new GatewayMetrics(registry);
    }

    @Bean
    DeliveryTracing deliveryTracing(Tracer tracer, Propagator propagator, GatewaySettings settings) {
        return new DeliveryTracing(tracer, propagator, settings.topic());
    }

    @Bean
    Fanout fanout(GatewaySettings settings, KafkaHistory reader, GatewayMetrics metrics, DeliveryTracing traces) {
        Fanout.Limits limits = new Fanout.Limits(
                settings.ring().size().toBytes(),
                settings.digestThreshold(),
                settings.replay().records(),
                settings.replay().digestSize().toBytes(),
                settings.heartbeat(),
                settings.stallTimeout());
        return new Fanout(limits, reader, System::nanoTime, System::currentTimeMillis, metrics, traces);
    }

    @Bean
    Ticker ticker(Fanout fanout, OutboundBufferLimit outboundBufferLimit, GatewaySettings settings) {
        return new Ticker(fanout, outboundBufferLimit, settings.drain());
    }

    @Bean
    ThreadsHealth threadsHealthIndicator(TopicTailer tailer, Ticker ticker) {
        return new ThreadsHealth(tailer::endedThread, ticker::hasDied);
    }

    @Bean
    ConcurrencyLimit connectionLimit(GatewaySettings settings, SecuritySettings security) {
        return limit(
                "connections", "connections", settings.connections(), settings.connectionsPerCaller(), security.mode());
    }

    @Bean
    ConcurrencyLimit followLimit(GatewaySettings settings, SecuritySettings security) {
        return limit(
                "followed authors", "follows", settings.maxFollows(), settings.followsPerCaller(), security.mode());
    }

    /** @param perCaller null for the default of the mode, which with tokens is a share of the maximum of the instance */
    private static ConcurrencyLimit limit(
            String resource, String setting, int max, @Nullable Integer perCaller, SecuritySettings.Mode mode) {
        int share = Math.max(1, max / MIN_CALLERS_TO_FILL_INSTANCE);
        return GatewayLimits.create(
                resource,
                new GatewayLimits.Maximum("heartline.gateway." + setting, max),
                new GatewayLimits.Maximum(
                        "heartline.gateway." + setting + "-per-caller",
                        ConcurrencyLimit.maxPerCaller(perCaller, share, mode)));
    }

    /**
     * Part of readiness: a load balancer sends no client here before the gateway has read the last records of each partition.
     */
    @Bean
    HealthIndicator logHealthIndicator(Fanout fanout, GatewayMetrics metrics) {
        return () -> {
            Health.Builder health = fanout.isReady() ? Health.up() : Health.outOfService();
            if (fanout.fatalReason() != null) {
                health.withDetail("reason", fanout.fatalReason());
            }
            if (!fanout.suspendedPartitions().isEmpty()) {
                health.withDetail("suspended", fanout.suspendedPartitions());
            }
            return health.withDetail("lag", metrics.records().lag())
                    .withDetail("connections", metrics.connections())
                    .build();
        };
    }
}
