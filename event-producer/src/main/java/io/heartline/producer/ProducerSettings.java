package io.heartline.producer;

import io.heartline.producer.kafka.TopicSettings;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Settings of the event producer; {@code event-producer.yml} documents each.
 *
 * @param source the CloudEvents {@code source} of every event
 * @param ackTimeout how long a caller waits at most for Kafka to acknowledge
 * @param maxInFlight single likes at a time
 * @param maxEventAge how far back {@code at} may lie
 * @param maxEventLead how far ahead {@code at} may lie, for clocks that run fast
 * @param topicCheckInterval how often the topic is looked at
 */
@ConfigurationProperties("heartline.producer")
record ProducerSettings(
        @DefaultValue TopicSettings topic,
        @DefaultValue("/heartline/event-producer") String source,
        @DefaultValue("10s") Duration ackTimeout,
        @DefaultValue("5000") int maxInFlight,
        @DefaultValue("90d") Duration maxEventAge,
        @DefaultValue("5m") Duration maxEventLead,
        @DefaultValue("5s") Duration topicCheckInterval,
        @DefaultValue Streams streams,
        @DefaultValue Rate rate) {

    ProducerSettings {
        requireThat(ackTimeout.toMillis() >= 100, "ack-timeout must be 100ms or more");
        requireThat(maxInFlight > 0, "max-in-flight must be positive");
        requireThat(topicCheckInterval.toMillis() > 0, "topic-check-interval must be positive");
    }

    /**
     * Limits of streams. The first two are of the instance, the others of each stream.
     *
     * @param maxConcurrent maximum number of concurrent streams of all callers
     * @param maxPerCaller maximum number of concurrent streams of one caller
     * @param window maximum number of lines that wait for Kafka
     * @param windowSize maximum size of these lines
     * @param stallTimeout time without progress after which a stream is cut off
     * @param maxHeldResults maximum number of results that are held until the body ends, if the stream comes through a proxy
     */
    record Streams(
            @DefaultValue("32") int maxConcurrent,
            @DefaultValue("8") int maxPerCaller,
            @DefaultValue("8192") int window,
            @DefaultValue("1MB") DataSize windowSize,
            @DefaultValue("30s") Duration stallTimeout,
            @DefaultValue("10000") int maxHeldResults) {

        Streams {
            requireThat(maxConcurrent > 0, "streams.max-concurrent must be positive");
            requireThat(maxPerCaller > 0, "streams.max-per-caller must be positive");
            requireThat(window > 0, "streams.window must be positive");
            requireThat(windowSize.toBytes() > 0, "streams.window-size must be positive");
            requireThat(stallTimeout.toMillis() > 0, "streams.stall-timeout must be positive");
            requireThat(maxHeldResults > 0, "streams.max-held-results must be positive");
        }
    }

    /**
     * Of each caller, on this instance.
     *
     * @param perSecond likes; 0 for no limit
     * @param burst likes that may come at once
     */
    record Rate(
            @DefaultValue("0") long perSecond,
            @DefaultValue("1000") long burst) {

        Rate {
            requireThat(perSecond >= 0, "rate.per-second must not be negative");
            requireThat(burst > 0, "rate.burst must be positive");
        }
    }

    private static void requireThat(boolean isMet, String rule) {
        if (!isMet) {
            throw new IllegalArgumentException("heartline.producer." + rule);
        }
    }
}
