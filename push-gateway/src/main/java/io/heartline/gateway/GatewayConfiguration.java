package io.heartline.gateway;

import io.heartline.web.Access;
import io.heartline.web.AuthorAccess;
import io.heartline.web.CallerPermits;
import io.heartline.web.SecuritySettings;
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
class GatewayConfiguration {

    /** How many callers with a token it takes, by default, to have all connections. */
    private static final int CALLERS_THAT_FILL_AN_INSTANCE = 10;

    @Bean(destroyMethod = "stop")
    LogReader logReader(GatewaySettings settings, ConsumerFactory<byte[], byte[]> consumers) {
        GatewaySettings.Replay replay = settings.replay();
        LogReader.Limits limits = new LogReader.Limits(
                replay.threads(),
                replay.waiting(),
                replay.perCaller(),
                replay.pageEvents(),
                replay.pageRecords(),
                replay.pageSize().toBytes(),
                replay.cache().toBytes(),
                replay.patience());
        return new LogReader(
                settings.topic(),
                limits,
                () -> consumers.createConsumer(null, "replay", null, LogReader.consumerSettings()),
                () -> consumers.createConsumer(null, "replay-probe", null, DamageSearch.consumerSettings()));
    }

    @Bean
    GatewayMetrics gatewayMetrics(MeterRegistry registry) {
        return new GatewayMetrics(registry);
    }

    @Bean
    MeterBinder replays(LogReader reader) {
        return registry -> Gauge.builder("heartline.gateway.replays", reader, LogReader::reading)
                .description("Pages of what has left the ring that are being read from Kafka, or wait to be")
                .register(registry);
    }

    @Bean
    Traces traces(Tracer tracer, Propagator propagator) {
        return new Traces(tracer, propagator);
    }

    @Bean
    Fanout fanout(GatewaySettings settings, LogReader reader, GatewayMetrics metrics, Traces traces) {
        Fanout.Limits limits = new Fanout.Limits(
                settings.ring().size().toBytes(),
                settings.foldBehind(),
                settings.replay().records(),
                settings.replay().digestSize().toBytes(),
                settings.heartbeat(),
                settings.stall());
        return new Fanout(limits, reader, System::nanoTime, System::currentTimeMillis, metrics, traces);
    }

    @Bean
    LogLookup logLookup(KafkaAdmin kafka, GatewaySettings settings) {
        return new LogLookup(kafka.getConfigurationProperties(), settings.topic());
    }

    @Bean
    LogTail logTail(
            GatewaySettings settings,
            ConsumerFactory<byte[], byte[]> consumers,
            LogLookup lookup,
            Fanout fanout,
            GatewayMetrics metrics) {
        return new LogTail(
                lookup::describe,
                consumers::createConsumer,
                () -> consumers.createConsumer(null, "probe", null, DamageSearch.consumerSettings()),
                fanout,
                metrics,
                settings.ring().prime(),
                settings.retry(),
                settings.topicCheck());
    }

    @Bean
    Unread unread(GatewaySettings settings, GatewayMetrics metrics) {
        DataSize most = settings.unreadBuffers();
        // what Netty keeps to, which is the JVM's own bound unless it was told another
        return new Unread(
                most == null ? PlatformDependent.maxDirectMemory() / 2 : most.toBytes(),
                settings.stall().plus(settings.linger()),
                metrics);
    }

    @Bean
    Ticker ticker(Fanout fanout, Unread unread, GatewaySettings settings) {
        return new Ticker(fanout, unread, settings.drain());
    }

    @Bean
    ThreadsHealth threadsHealthIndicator(LogTail tail, Ticker ticker) {
        return new ThreadsHealth(tail, ticker);
    }

    @Bean
    Admission admission(GatewaySettings settings, SecuritySettings security) {
        int share = Math.max(1, settings.connections() / CALLERS_THAT_FILL_AN_INSTANCE);
        int perCaller = CallerPermits.max(settings.connectionsPerCaller(), share, security.mode());
        return new Admission(
                "connections",
                new Admission.Limit("heartline.gateway.connections", settings.connections()),
                new Admission.Limit("heartline.gateway.connections-per-caller", perCaller));
    }

    @Bean
    WebServerFactoryCustomizer<NettyReactiveWebServerFactory> sockets(GatewaySettings settings, Unread unread) {
        int sendBuffer = Math.toIntExact(settings.sendBuffer().toBytes());
        return factory -> factory.addServerCustomizers(server -> server.childOption(ChannelOption.SO_SNDBUF, sendBuffer)
                .doOnChannelInit(
                        (observer, channel, remote) -> channel.pipeline().addFirst(new OutboundLimit(unread))));
    }

    @Bean
    WebSocketService webSocketService() {
        return new HandshakeWebSocketService(new WebSocketUpgrade());
    }

    @Bean
    Access access(SecuritySettings settings) {
        AuthorAccess own = new AuthorAccess("likes:read", settings);
        return rules -> rules.pathMatchers("/v1/authors/{authorId}/likes")
                .access(own)
                .pathMatchers("/heartline.js")
                .permitAll();
    }

    @Bean
    BearerTokens bearerTokens(GatewaySettings settings) {
        return new BearerTokens(settings.accessTokenParameter());
    }

    /** Part of readiness: no reader is sent here before the gateway knows where the log stands. */
    @Bean
    HealthIndicator logHealthIndicator(Fanout fanout, GatewayMetrics metrics) {
        return () -> {
            Health.Builder health = fanout.isReady() ? Health.up() : Health.outOfService();
            if (fanout.hasGivenUp() != null) {
                health.withDetail("reason", fanout.hasGivenUp());
            }
            return health.withDetail("lag", metrics.lag())
                    .withDetail("connections", metrics.connections())
                    .build();
        };
    }
}
