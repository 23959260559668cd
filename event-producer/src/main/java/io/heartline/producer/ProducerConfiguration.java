package io.heartline.producer;

import io.github.bucket4j.TimeMeter;
import io.heartline.producer.kafka.AppendSettings;
import io.heartline.producer.kafka.LikeAppender;
import io.heartline.producer.like.CloudEventFactory;
import io.heartline.producer.like.EventFactory;
import io.heartline.producer.like.IngestMetrics;
import io.heartline.producer.like.LikeParser;
import io.heartline.producer.like.RefusedException;
import io.heartline.producer.limit.CallerRateLimits;
import io.heartline.producer.stream.OpenStreams;
import io.heartline.producer.stream.StreamSettings;
import io.heartline.producer.trace.RequestTracing;
import io.heartline.web.limit.ConcurrencyLimit;
import io.heartline.web.limit.ConcurrencyLimit.Scope;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.propagation.Propagator;
import java.time.InstantSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The beans that are made from {@link ProducerSettings}. The packages http and kafka configure their own beans. */
@Configuration(proxyBeanMethods = false)
class ProducerConfiguration {

    @Bean
    AppendSettings appendSettings(ProducerSettings settings) {
        return new AppendSettings(
                settings.topic(), settings.source(), settings.ackTimeout(), settings.topicCheckInterval());
    }

    @Bean
    RequestTracing requestTracing(Tracer tracer, Propagator propagator) {
        return new RequestTracing(tracer, propagator);
    }

    @Bean
    LikeParser likeParser(ProducerSettings settings) {
        return new LikeParser(InstantSource.system(), settings.maxEventAge(), settings.maxEventLead());
    }

    @Bean
    EventFactory eventFactory(LikeParser parser) {
        return new EventFactory(parser);
    }

    @Bean
    CloudEventFactory cloudEventFactory(LikeParser parser) {
        return new CloudEventFactory(parser);
    }

    @Bean
    CallerRateLimits callerRateLimits(ProducerSettings settings) {
        return new CallerRateLimits(settings.rate().perSecond(), settings.rate().burst(), TimeMeter.SYSTEM_NANOTIME);
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

    @Bean
    ConcurrencyLimit arrayLimit(ProducerSettings settings) {
        ProducerSettings.Arrays arrays = settings.arrays();
        return new ConcurrencyLimit(
                arrays.maxConcurrent(),
                arrays.maxPerCaller(),
                Scope.CALLER,
                exceeded -> exceeded.scope() == Scope.CALLER
                        ? RefusedException.tooManyArrays(exceeded.max())
                        : overloaded(exceeded.max(), "arrays"));
    }

    private static RefusedException overloaded(int max, String resource) {
        return RefusedException.overloaded("This instance takes " + max + ' ' + resource + " at a time.");
    }

    @Bean
    OpenStreams openStreams() {
        return new OpenStreams();
    }

    @Bean
    StreamSettings likeStreamSettings(ProducerSettings settings) {
        ProducerSettings.Streams limits = settings.streams();
        return new StreamSettings(
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
    MeterBinder producerGauges(LikeAppender appender, ConcurrencyLimit streamLimit, ConcurrencyLimit arrayLimit) {
        return registry -> {
            Gauge.builder("heartline.producer.in.flight", appender, LikeAppender::inFlight)
                    .description("Likes that Kafka has yet to acknowledge")
                    .register(registry);
            Gauge.builder("heartline.producer.log.available", appender, log -> log.failure() == null ? 1 : 0)
                    .description("1 if likes can be logged and readiness is UP, otherwise 0")
                    .register(registry);
            Gauge.builder("heartline.producer.streams", streamLimit, ConcurrencyLimit::acquired)
                    .description("Streams of likes that are open")
                    .register(registry);
            Gauge.builder("heartline.producer.arrays", arrayLimit, ConcurrencyLimit::acquired)
                    .description("Arrays of likes that are read, or that wait for Kafka")
                    .register(registry);
        };
    }
}
