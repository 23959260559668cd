package io.heartline.producer;

import io.github.bucket4j.TimeMeter;
import io.heartline.producer.http.IngestRequests;
import io.heartline.producer.http.LikesHandler;
import io.heartline.producer.kafka.DeliveryGuarantees;
import io.heartline.producer.kafka.LikeAppender;
import io.heartline.producer.kafka.TopicMonitor;
import io.heartline.producer.like.IngestMetrics;
import io.heartline.producer.like.LikeParser;
import io.heartline.producer.like.Problem;
import io.heartline.producer.like.RefusedException;
import io.heartline.producer.limit.CallerRateLimits;
import io.heartline.producer.stream.LikeStream;
import io.heartline.producer.stream.OpenStreams;
import io.heartline.producer.trace.RequestTracing;
import io.heartline.web.limit.ConcurrencyLimit;
import io.heartline.web.limit.ConcurrencyLimit.Scope;
import io.heartline.web.problem.UnreadableRequestBody;
import io.heartline.web.security.AccessRules;
import io.heartline.web.security.ScopeRule;
import io.heartline.web.security.SecuritySettings;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
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
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.kafka.core.ProducerFactory;
import org.springframework.web.reactive.handler.SimpleUrlHandlerMapping;

@Configuration(proxyBeanMethods = false)
class ProducerConfiguration {

    private static final Duration ADMIN_TIMEOUT = Duration.ofSeconds(5);
    private static final int ORDER_BEFORE_ANNOTATIONS = -1;
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    /**
     * How often a request fits into the time that a caller waits. If the broker's connections are half open, the connection for
     * likes and the one for metadata time out one after the other. The third request then reaches the broker.
     */
    private static final int REQUEST_ATTEMPTS = 3;

    /** How long Kafka's client takes follows from how long a caller waits, so that there is one figure to set. */
    @Bean
    DefaultKafkaProducerFactoryCustomizer producerTimeouts(ProducerSettings settings, KafkaProperties kafka) {
        DeliveryGuarantees.require(kafka);
        int ackTimeoutMillis = Math.toIntExact(settings.ackTimeout().toMillis());
        return factory -> {
            int lingerMillis = lingerMillis(factory.getConfigurationProperties());
            factory.updateConfigs(DeliveryGuarantees.SETTINGS);
            factory.updateConfigs(Map.of(
                    ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                    ackTimeoutMillis,
                    ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                    Math.max(1, Math.min(ackTimeoutMillis - lingerMillis, ackTimeoutMillis / REQUEST_ATTEMPTS)),
                    // event loops call it: what it cannot take at once it refuses
                    ProducerConfig.MAX_BLOCK_MS_CONFIG,
                    0,
                    // or else the first like after five quiet minutes would be refused, too
                    ProducerConfig.METADATA_MAX_IDLE_CONFIG,
                    Duration.ofDays(3650).toMillis()));
            factory.setPhysicalCloseTimeout(Math.toIntExact(CLOSE_TIMEOUT.toSeconds()));
        };
    }

    private static int lingerMillis(Map<String, Object> settings) {
        return Integer.parseInt(
                settings.getOrDefault(ProducerConfig.LINGER_MS_CONFIG, "5").toString());
    }

    @Bean(initMethod = "start")
    TopicMonitor topicMonitor(
            ProducerFactory<byte[], byte[]> producers, KafkaAdmin kafkaAdmin, ProducerSettings settings) {
        Map<String, Object> adminConfig = new HashMap<>(kafkaAdmin.getConfigurationProperties());
        adminConfig.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, Math.toIntExact(ADMIN_TIMEOUT.toMillis()));
        adminConfig.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, Math.toIntExact(ADMIN_TIMEOUT.toMillis()));
        return new TopicMonitor(producers, adminConfig, settings.topic(), settings.topicCheckInterval());
    }

    @Bean
    LikeAppender likeAppender(TopicMonitor monitor, ProducerSettings settings) {
        return new LikeAppender(monitor, settings.source(), settings.ackTimeout());
    }

    @Bean
    RequestTracing requestTracing(Tracer tracer, Propagator propagator) {
        return new RequestTracing(tracer, propagator);
    }

    @Bean
    IngestRequests ingestRequests(ProducerSettings settings, SecuritySettings security, RequestTracing tracing) {
        LikeParser parser = new LikeParser(InstantSource.system(), settings.maxEventAge(), settings.maxEventLead());
        ProducerSettings.Rate rate = settings.rate();
        CallerRateLimits limit = new CallerRateLimits(rate.perSecond(), rate.burst(), TimeMeter.SYSTEM_NANOTIME);
        return new IngestRequests(parser, limit, tracing, security.clockSkew());
    }

    @Bean
    ConcurrencyLimit singleLikeLimit(ProducerSettings settings) {
        return new ConcurrencyLimit(settings.maxInFlight(), exceeded -> overloaded(exceeded.max(), "single likes"));
    }

    @Bean
    ConcurrencyLimit streamLimit(ProducerSettings settings) {
        ProducerSettings.Streams streams = settings.streams();
        return new ConcurrencyLimit(
                streams.maxConcurrent(),
                streams.maxPerCaller(),
                Scope.CALLER,
                exceeded -> exceeded.scope() == Scope.CALLER
                        ? RefusedException.tooManyStreams(exceeded.max())
                        : overloaded(exceeded.max(), "streams"));
    }

    private static RefusedException overloaded(int max, String resource) {
        return RefusedException.overloaded("This instance takes " + max + ' ' + resource + " at a time.");
    }

    @Bean
    OpenStreams openStreams() {
        return new OpenStreams();
    }

    @Bean
    LikeStream.Settings likeStreamSettings(ProducerSettings settings) {
        ProducerSettings.Streams limits = settings.streams();
        return new LikeStream.Settings(
                limits.window(),
                Math.toIntExact(limits.windowSize().toBytes()),
                limits.stallTimeout(),
                settings.ackTimeout(),
                limits.maxHeldResults());
    }

    @Bean
    IngestMetrics ingestMetrics(MeterRegistry registry) {
        return new IngestMetrics(registry);
    }

    @Bean
    MeterBinder producerGauges(LikeAppender appender, ConcurrencyLimit streamLimit) {
        return registry -> {
            Gauge.builder("heartline.producer.in.flight", appender, LikeAppender::inFlight)
                    .description("Likes that Kafka has yet to acknowledge")
                    .register(registry);
            Gauge.builder("heartline.producer.log.available", appender, log -> log.isAvailable() ? 1 : 0)
                    .description("Whether likes can be logged, as readiness says: 1, or 0")
                    .register(registry);
            Gauge.builder("heartline.producer.streams", streamLimit, ConcurrencyLimit::inUse)
                    .description("Streams of likes that are open")
                    .register(registry);
        };
    }

    @Bean
    SimpleUrlHandlerMapping likesMapping(LikesHandler handler) {
        return new SimpleUrlHandlerMapping(Map.of("/v1/likes", handler), ORDER_BEFORE_ANNOTATIONS);
    }

    @Bean
    UnreadableRequestBody unreadableRequestBody() {
        return (status, requestId) -> Problem.of(status, status.getReasonPhrase(), "The request cannot be read.")
                .withInstance("urn:uuid:" + requestId)
                .json();
    }

    @Bean
    AccessRules accessRules() {
        return rules -> rules.pathMatchers("/v1/likes")
                .access(ScopeRule.anyOf("likes:write"))
                .pathMatchers("/problems/*", "/openapi.yaml")
                .permitAll();
    }

    /** Part of readiness: a balancer sends likes elsewhere while this instance cannot log them. */
    @Bean
    HealthIndicator kafkaHealthIndicator(TopicMonitor monitor, ProducerSettings settings) {
        return () -> {
            Throwable failure = monitor.failure();
            Health.Builder health = failure == null ? Health.up() : Health.outOfService();
            if (failure != null) {
                health.withDetail("reason", failure.toString());
            }
            return health.withDetail("topic", settings.topic().name()).build();
        };
    }
}
