package io.heartline.gateway;

import io.heartline.events.LikesTopic;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Settings of the push gateway; {@code push-gateway.yml} documents each with its default.
 *
 * @param topic the name of the topic
 * @param tails the maximum number of threads that read the topic; at least 1
 * @param retry the pause after Kafka could not be read
 * @param topicCheck the pause between two checks of the topic
 * @param ring settings of the rings
 * @param replay settings of replays
 * @param digestThreshold the lag of a connection, in events, from which it conflates
 * @param heartbeat the interval between two heartbeats of a connection
 * @param stallTimeout how long a client may read nothing before its stream is closed
 * @param closeTimeout how long a client may take to read buffered frames and the close code
 * @param drain the period over which all connections are closed on shutdown
 * @param sendBuffer the kernel's send buffer of each connection
 * @param unreadBuffers the maximum of unread bytes of all clients; if null, half of the JVM's direct memory
 * @param connections the maximum number of connections of this instance
 * @param connectionsPerCaller the maximum number of one caller; 0 for no limit; if null, it depends on the security mode
 * @param follows the maximum number of authors that all connections of this instance follow; if null, ten for each connection
 * @param followsPerCaller the maximum number of one caller; 0 for no limit; if null, it depends on the security mode
 * @param accessTokenParameter whether a bearer token may be a URL parameter
 * @param eventSourceRetry whether a refused EventSource receives a retry interval with status 200 instead of status 503
 */
@ConfigurationProperties("heartline.gateway")
record GatewaySettings(
        @DefaultValue(LikesTopic.NAME) String topic,
        @DefaultValue("1") int tails,
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
        @Nullable Integer follows,
        @Nullable Integer followsPerCaller,
        boolean accessTokenParameter,
        @DefaultValue("true") boolean eventSourceRetry) {

    private static final int FOLLOWS_PER_CONNECTION = 10;

    GatewaySettings {
        if (tails < 1) {
            throw new IllegalArgumentException("heartline.gateway.tails must be at least 1");
        }
        requireNotNegative("connections-per-caller", connectionsPerCaller);
        requireNotNegative("follows", follows);
        requireNotNegative("follows-per-caller", followsPerCaller);
    }

    private static void requireNotNegative(String setting, @Nullable Integer value) {
        if (value != null && value < 0) {
            throw new IllegalArgumentException("heartline.gateway." + setting + " must not be negative");
        }
    }

    /** Returns the maximum number of authors that all connections of this instance follow. */
    int maxFollows() {
        return follows == null
                ? (int) Math.min(Integer.MAX_VALUE, (long) connections * FOLLOWS_PER_CONNECTION)
                : follows;
    }

    /**
     * Settings of the rings.
     *
     * @param size the approximate maximum memory of all rings together
     * @param preloadRecords how many records of each partition are read before the first client is accepted
     */
    record Ring(
            @DefaultValue("64MB") DataSize size,
            @DefaultValue("1000") int preloadRecords) {}

    /**
     * Settings of replays.
     *
     * @param threads the maximum number of pages that are read concurrently
     * @param waiting the maximum number of further pages that wait for a thread
     * @param perCaller the maximum of both for one caller; 0 for no limit
     * @param pageEvents the maximum number of events in a page
     * @param pageRecords the maximum number of records that are examined for a page
     * @param pageSize the maximum size of the events' values in a page
     * @param cache the approximate maximum memory of cached pages
     * @param timeout the longest time to wait for Kafka for a page
     * @param records the maximum number of records before the ring that a client without a digest can resume from
     * @param digestSize the same for a client with a digest, as the size of the values
     */
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
