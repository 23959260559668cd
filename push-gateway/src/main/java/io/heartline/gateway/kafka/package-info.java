/**
 * The threads that read the end of every partition of the topic into the {@link io.heartline.gateway.stream.fanout.Fanout},
 * without a consumer group. It also looks up the topic, detects truncation, and skips records that cannot be decoded.
 *
 * <p>It depends on {@code stream} and {@code stream.fanout}.
 */
package io.heartline.gateway.kafka;
