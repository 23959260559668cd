package io.heartline.producer;

import io.heartline.producer.kafka.TopicSettings;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Settings of the event producer; {@code event-producer.yml} documents each.
 *
 * @param topic settings of the topic
 * @param source the CloudEvents {@code source} of every event
 * @param ackTimeout maximum time that a caller waits for Kafka's acknowledgement, 100 ms or more
 * @param maxInFlight maximum number of concurrent single likes, 1 or more
 * @param maxEventAge maximum time by which {@code at} may be in the past
 * @param maxEventLead maximum time by which {@code at} may be in the future, for clocks that are fast
 * @param topicCheckInterval time between two checks of the topic, 1 ms or more
 * @param streams limits of streams
 * @param arrays limits of arrays
 * @param rate limit of likes per second
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
        @DefaultValue Arrays arrays,
        @DefaultValue Rate rate) {

    ProducerSettings {
        requireThat(ackTimeout.toMillis() >= 100, "ack-timeout must be 100ms or more");
        requireThat(maxInFlight > 0, "max-in-flight must be positive");
        requireThat(topicCheckInterval.toMillis() > 0, "topic-check-interval must be positive");
    }

    /**
     * Limits of streams. The first two limit the instance, the others each stream.
     *
     * @param maxConcurrent maximum number of concurrent streams of all callers
     * @param maxPerCaller maximum number of concurrent streams of one caller
     * @param window maximum number of lines that wait for Kafka
     * @param windowSize maximum size of these lines
     * @param stallTimeout time without progress after which a stream is closed
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
     * Limits of JSON arrays on this instance.
     *
     * @param maxConcurrent maximum number of concurrent arrays of all callers
     * @param maxPerCaller maximum number of concurrent arrays of one caller
     */
    record Arrays(
            @DefaultValue("128") int maxConcurrent,
            @DefaultValue("32") int maxPerCaller) {

        Arrays {
            requireThat(maxConcurrent > 0, "arrays.max-concurrent must be positive");
            requireThat(maxPerCaller > 0, "arrays.max-per-caller must be positive");
        }
    }

    /**
     * Limit of the likes of each caller on this instance.
     *
     * @param perSecond likes per second, 0 or more; 0 means no limit
     * @param burst number of likes that a caller may send without a pause, 1 or more
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
