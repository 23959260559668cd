/**
 * The types that the gateway's other packages have in common. They are frames and their sink, follow requests, positions and
 * start points. Others are the reader of records, log entries and history, refusals and close reasons, and delivery tracing.
 *
 * <p>It depends on no other package of the gateway, and knows neither Kafka's client nor Netty channels.
 */
package io.heartline.gateway.stream;
