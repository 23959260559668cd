package io.heartline.gateway;

import io.heartline.gateway.http.BearerTokenConverter;
import io.heartline.gateway.http.StreamSettings;
import io.heartline.gateway.kafka.TopicLookup;
import io.heartline.gateway.kafka.TopicTailer;
import io.heartline.gateway.kafka.UndecodableSearch;
import io.heartline.gateway.kafka.replay.ReplayReader;
import io.heartline.gateway.stream.DeliveryTracing;
import io.heartline.gateway.stream.GatewayLimits;
import io.heartline.gateway.stream.GatewayMetrics;
import io.heartline.gateway.stream.fanout.Fanout;
import io.heartline.gateway.transport.ChannelBufferLimit;
import io.heartline.gateway.transport.OutboundBufferLimit;
import io.heartline.gateway.transport.WebSocketUpgrade;
import io.heartline.web.limit.ConcurrencyLimit;
import io.heartline.web.security.AccessRules;
import io.heartline.web.security.AuthorAccess;
import io.heartline.web.security.SecuritySettings;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.propagation.Propagator;
import io.netty.channel.ChannelOption;
import io.netty.util.internal.PlatformDependent;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.util.unit.DataSize;
import org.springframework.web.reactive.socket.server.WebSocketService;
import org.springframework.web.reactive.socket.server.support.HandshakeWebSocketService;

@Configuration(proxyBeanMethods = false)
public class GatewayConfiguration {

    /** How many callers with a token it takes, by default, to have all connections. */
    private static final int MIN_CALLERS_TO_FILL_INSTANCE = 10;

    @Bean(destroyMethod = "stop")
    ReplayReader replayReader(GatewaySettings settings, ConsumerFactory<byte[], byte[]> consumers) {
        GatewaySettings.Replay replay = settings.replay();
        ReplayReader.Limits limits = new ReplayReader.Limits(
                replay.threads(),
                replay.waiting(),
                replay.perCaller(),
                replay.pageEvents(),
                replay.pageRecords(),
                replay.pageSize().toBytes(),
                replay.cache().toBytes(),
                replay.timeout());
        return new ReplayReader(
                settings.topic(),
                limits,
                () -> consumers.createConsumer(null, "replay", null, ReplayReader.consumerSettings()),
                () -> consumers.createConsumer(null, "replay-probe", null, UndecodableSearch.consumerSettings()));
    }

    @Bean
    GatewayMetrics gatewayMetrics(MeterRegistry registry) {
        return new GatewayMetrics(registry);
    }

    @Bean
    MeterBinder replays(ReplayReader reader) {
        return registry -> Gauge.builder("heartline.gateway.replays", reader, ReplayReader::readsInProgress)
                .description("Pages of what has left the ring that are being read from Kafka, or wait to be")
                .register(registry);
    }

    @Bean
    DeliveryTracing deliveryTracing(Tracer tracer, Propagator propagator) {
        return new DeliveryTracing(tracer, propagator);
    }

    @Bean
    Fanout fanout(GatewaySettings settings, ReplayReader reader, GatewayMetrics metrics, DeliveryTracing traces) {
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
    TopicLookup topicLookup(KafkaAdmin kafka, GatewaySettings settings) {
        return new TopicLookup(kafka.getConfigurationProperties(), settings.topic());
    }

    @Bean
    TopicTailer topicTailer(
            GatewaySettings settings,
            ConsumerFactory<byte[], byte[]> consumers,
            TopicLookup lookup,
            Fanout fanout,
            GatewayMetrics metrics) {
        return new TopicTailer(
                lookup::describe,
                consumers::createConsumer,
                () -> consumers.createConsumer(null, "probe", null, UndecodableSearch.consumerSettings()),
                fanout,
                metrics,
                settings.ring().preloadRecords(),
                settings.retry(),
                settings.topicCheck());
    }

    @Bean
    public OutboundBufferLimit outboundBufferLimit(GatewaySettings settings, GatewayMetrics metrics) {
        DataSize maxBytes = settings.unreadBuffers();
        // what Netty keeps to, which is the JVM's own bound unless it was told another
        return new OutboundBufferLimit(
                maxBytes == null ? PlatformDependent.maxDirectMemory() / 2 : maxBytes.toBytes(),
                settings.stallTimeout().plus(settings.closeTimeout()),
                metrics);
    }

    @Bean
    StreamSettings streamSettings(GatewaySettings settings) {
        return new StreamSettings(settings.heartbeat(), settings.closeTimeout(), settings.eventSourceRetry());
    }

    @Bean
    Ticker ticker(Fanout fanout, OutboundBufferLimit outboundBufferLimit, GatewaySettings settings) {
        return new Ticker(fanout, outboundBufferLimit, settings.drain());
    }

    @Bean
    ThreadsHealth threadsHealthIndicator(TopicTailer tailer, Ticker ticker) {
        return new ThreadsHealth(tailer, ticker);
    }

    @Bean
    ConcurrencyLimit connectionLimit(GatewaySettings settings, SecuritySettings security) {
        int share = Math.max(1, settings.connections() / MIN_CALLERS_TO_FILL_INSTANCE);
        int perCaller = ConcurrencyLimit.maxPerCaller(settings.connectionsPerCaller(), share, security.mode());
        return GatewayLimits.create(
                "connections",
                new GatewayLimits.Maximum("heartline.gateway.connections", settings.connections()),
                new GatewayLimits.Maximum("heartline.gateway.connections-per-caller", perCaller));
    }

    @Bean
    WebServerFactoryCustomizer<NettyReactiveWebServerFactory> channelOptions(
            GatewaySettings settings, OutboundBufferLimit outboundBufferLimit) {
        int sendBuffer = Math.toIntExact(settings.sendBuffer().toBytes());
        return factory -> factory.addServerCustomizers(server -> server.childOption(ChannelOption.SO_SNDBUF, sendBuffer)
                .doOnChannelInit((observer, channel, remote) ->
                        channel.pipeline().addFirst(new ChannelBufferLimit(outboundBufferLimit))));
    }

    @Bean
    WebSocketService webSocketService() {
        return new HandshakeWebSocketService(new WebSocketUpgrade());
    }

    @Bean
    AccessRules access(SecuritySettings settings) {
        AuthorAccess own = new AuthorAccess("likes:read", settings);
        return rules -> rules.pathMatchers("/v1/authors/{authorId}/likes")
                .access(own)
                .pathMatchers("/heartline.js")
                .permitAll();
    }

    @Bean
    BearerTokenConverter bearerTokens(GatewaySettings settings) {
        return new BearerTokenConverter(settings.accessTokenParameter());
    }

    /** Part of readiness: no reader is sent here before the gateway knows where the log stands. */
    @Bean
    HealthIndicator logHealthIndicator(Fanout fanout, GatewayMetrics metrics) {
        return () -> {
            Health.Builder health = fanout.isReady() ? Health.up() : Health.outOfService();
            if (fanout.fatalReason() != null) {
                health.withDetail("reason", fanout.fatalReason());
            }
            return health.withDetail("lag", metrics.lag())
                    .withDetail("connections", metrics.connections())
                    .build();
        };
    }
}
