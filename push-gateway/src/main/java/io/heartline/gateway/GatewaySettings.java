package io.heartline.gateway;

import io.heartline.events.LikesTopic;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of the push gateway; {@code push-gateway.yml} documents each.
 *
 * @param ringSize frames kept of each followed author, a power of two: how far a connection may fall behind
 * @param retry how long to wait after Kafka could not be reached
 */
@ConfigurationProperties("heartline.gateway")
record GatewaySettings(
        @DefaultValue(LikesTopic.NAME) String topic,
        @DefaultValue("1024") int ringSize,
        @DefaultValue("1s") Duration retry) {

    GatewaySettings {
        if (Integer.bitCount(ringSize) != 1) {
            throw new IllegalArgumentException("heartline.gateway.ring-size must be a power of two, not " + ringSize);
        }
    }
}
