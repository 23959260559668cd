package io.heartline.producer.stream;

import java.time.Duration;

/**
 * Limits of one stream.
 *
 * @param maxInFlightLines maximum number of lines that wait for Kafka, 1 or more
 * @param maxInFlightBytes maximum size of these lines in bytes, 1 or more
 * @param stallTimeout time without progress after which the stream is closed
 * @param ackTimeout maximum time that a line waits for an unavailable log before it is refused
 * @param maxHeldResults maximum number of results that are held until the body ends
 */
public record StreamSettings(
        int maxInFlightLines, int maxInFlightBytes, Duration stallTimeout, Duration ackTimeout, int maxHeldResults) {}
