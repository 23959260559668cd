package io.heartline.producer;

import io.github.bucket4j.TimeMeter;
import io.heartline.web.Access;
import io.heartline.web.CallerPermits;
import io.heartline.web.Scope;
import io.heartline.web.SecuritySettings;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.propagation.Propagator;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.kafka.autoconfigure.DefaultKafkaProducerFactoryCustomizer;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.kafka.core.ProducerFactory;
import org.springframework.web.reactive.handler.SimpleUrlHandlerMapping;
import reactor.netty.NettyPipeline;

@Configuration(proxyBeanMethods = false)
class ProducerConfiguration {

    private static final Duration ADMIN_ANSWER = Duration.ofSeconds(5);
    private static final int BEFORE_ANNOTATIONS = -1;
    private static final Duration CLOSE = Duration.ofSeconds(5);

    /**
     * How often a request fits into the time that a caller waits. If the broker's connections are half open, the connection for
     * likes and the one for metadata time out one after the other. The third request then reaches the broker.
     */
    private static final int TRIES = 3;

    /** How long Kafka's client takes follows from how long a caller waits, so that there is one figure to set. */
    @Bean
    DefaultKafkaProducerFactoryCustomizer patience(ProducerSettings settings, KafkaProperties kafka) {
        DeliveryGuarantees.require(kafka);
        int patience = Math.toIntExact(settings.ackTimeout().toMillis());
        return factory -> {
            int linger = linger(factory.getConfigurationProperties());
            factory.updateConfigs(DeliveryGuarantees.SETTINGS);
            factory.updateConfigs(Map.of(
                    ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                    patience,
                    ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                    Math.max(1, Math.min(patience - linger, patience / TRIES)),
                    // event loops call it: what it cannot take at once it refuses
                    ProducerConfig.MAX_BLOCK_MS_CONFIG,
                    0,
                    // or else the first like after five quiet minutes would be refused, too
                    ProducerConfig.METADATA_MAX_IDLE_CONFIG,
                    Duration.ofDays(3650).toMillis()));
            factory.setPhysicalCloseTimeout(Math.toIntExact(CLOSE.toSeconds()));
        };
    }

    private static int linger(Map<String, Object> settings) {
        return Integer.parseInt(
                settings.getOrDefault(ProducerConfig.LINGER_MS_CONFIG, "5").toString());
    }

    @Bean(initMethod = "start")
    LogOpener logOpener(ProducerFactory<byte[], byte[]> producers, KafkaAdmin connection, ProducerSettings settings) {
        Map<String, Object> admin = new HashMap<>(connection.getConfigurationProperties());
        admin.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, Math.toIntExact(ADMIN_ANSWER.toMillis()));
        admin.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, Math.toIntExact(ADMIN_ANSWER.toMillis()));
        return new LogOpener(producers, admin, settings.topic(), settings.lookInterval());
    }

    @Bean
    LikeLog likeLog(LogOpener opener, ProducerSettings settings) {
        return new LikeLog(opener, settings.source(), settings.ackTimeout());
    }

    @Bean
    Traces traces(Tracer tracer, Propagator propagator) {
        return new Traces(tracer, propagator);
    }

    @Bean
    Intakes intakes(ProducerSettings settings, SecuritySettings security, Traces traces) {
        LikeReader reader = new LikeReader(InstantSource.system(), settings.maxEventAge(), settings.maxEventLead());
        ProducerSettings.Rate rate = settings.rate();
        RateLimit limit = new RateLimit(rate.perSecond(), rate.burst(), TimeMeter.SYSTEM_NANOTIME);
        return new Intakes(reader, limit, traces, security.clockSkew());
    }

    @Bean
    Places singles(ProducerSettings settings) {
        return new Places("single likes", settings.maxInFlight());
    }

    @Bean
    Places streams(ProducerSettings settings) {
        return new Places("streams", settings.streams().most());
    }

    @Bean
    CallerPermits callerPermits(ProducerSettings settings) {
        return new CallerPermits(settings.streams().maxPerCaller());
    }

    @Bean
    LikeStreams likeStreams() {
        return new LikeStreams();
    }

    @Bean
    LikeStream.Settings likeStreamSettings(ProducerSettings settings) {
        ProducerSettings.Streams streams = settings.streams();
        return new LikeStream.Settings(
                streams.window(),
                Math.toIntExact(streams.windowSize().toBytes()),
                streams.stall(),
                settings.ackTimeout(),
                streams.maxHeldResults());
    }

    @Bean
    IngestMetrics ingestMetrics(MeterRegistry registry, LikeLog likes, Places streams) {
        return new IngestMetrics(registry, likes, streams);
    }

    @Bean
    SimpleUrlHandlerMapping likes(LikesHandler handler) {
        return new SimpleUrlHandlerMapping(Map.of("/v1/likes", handler), BEFORE_ANNOTATIONS);
    }

    @Bean
    WebServerFactoryCustomizer<NettyReactiveWebServerFactory> unreadableRequests() {
        return factory -> factory.addServerCustomizers(
                server -> server.doOnChannelInit((observer, channel, remote) -> channel.pipeline()
                        .addAfter(NettyPipeline.HttpCodec, "heartline.unreadable", new UnreadableRequests())));
    }

    @Bean
    Access access() {
        return rules -> rules.pathMatchers("/v1/likes")
                .access(Scope.anyOf("likes:write"))
                .pathMatchers("/problems/*", "/openapi.yaml")
                .permitAll();
    }

    /** Part of readiness: a balancer sends likes elsewhere while this instance cannot log them. */
    @Bean
    HealthIndicator kafkaHealthIndicator(LogOpener opener, ProducerSettings settings) {
        return () -> {
            Throwable failure = opener.failure();
            Health.Builder health = failure == null ? Health.up() : Health.outOfService();
            if (failure != null) {
                health.withDetail("reason", failure.toString());
            }
            return health.withDetail("topic", settings.topic().name()).build();
        };
    }
}
