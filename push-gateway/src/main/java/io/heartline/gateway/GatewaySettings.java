package io.heartline.gateway;

import io.heartline.events.LikesTopic;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/** Settings of the push gateway; {@code push-gateway.yml} documents each. */
@ConfigurationProperties("heartline.gateway")
record GatewaySettings(
        @DefaultValue(LikesTopic.NAME) String topic,
        @DefaultValue("1s") Duration retry,
        @DefaultValue("10s") Duration topicCheck,
        @DefaultValue Ring ring,
        @DefaultValue Replay replay,
        @DefaultValue("1024") int digestThreshold,
        @DefaultValue("20s") Duration heartbeat,
        @DefaultValue("30s") Duration stallTimeout,
        @DefaultValue("60s") Duration closeTimeout,
        @DefaultValue("10s") Duration drain,
        @DefaultValue("64KB") DataSize sendBuffer,
        @Nullable DataSize unreadBuffers,
        @DefaultValue("20000") int connections,
        @Nullable Integer connectionsPerCaller,
        boolean accessTokenParameter,
        @DefaultValue("true") boolean eventSourceRetry) {

    GatewaySettings {
        if (connectionsPerCaller != null && connectionsPerCaller < 0) {
            throw new IllegalArgumentException("heartline.gateway.connections-per-caller must not be negative");
        }
    }

    record Ring(
            @DefaultValue("64MB") DataSize size,
            @DefaultValue("1000") int preloadRecords) {}

    record Replay(
            @DefaultValue("2") int threads,
            @DefaultValue("64") int waiting,
            @DefaultValue("16") int perCaller,
            @DefaultValue("256") int pageEvents,
            @DefaultValue("20000") int pageRecords,
            @DefaultValue("64KB") DataSize pageSize,
            @DefaultValue("8MB") DataSize cache,
            @DefaultValue("5s") Duration timeout,
            @DefaultValue("100000") long records,
            @DefaultValue("1GB") DataSize digestSize) {}
}
