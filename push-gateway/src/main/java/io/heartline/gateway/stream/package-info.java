/**
 * The types that the gateway's other packages have in common. They are frames and their sink, follow requests, log entries and
 * history, refusals and close reasons, metrics and delivery tracing.
 *
 * <p>It depends on no other package of the gateway, and does not know Netty channels.
 */
package io.heartline.gateway.stream;
