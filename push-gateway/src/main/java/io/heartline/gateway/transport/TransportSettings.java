package io.heartline.gateway.transport;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;

/**
 * Settings of the channels to clients.
 *
 * @param sendBuffer the size of the kernel's send buffer of each channel (SO_SNDBUF)
 * @param unreadBuffers the maximum of unread bytes of all channels together; if null, half of the JVM's direct memory
 * @param answerStallTimeout how long a client may read nothing of an answer that is no stream before it is disconnected
 */
public record TransportSettings(
        DataSize sendBuffer, @Nullable DataSize unreadBuffers, Duration answerStallTimeout) {}
