/**
 * The gateway's metrics of records, events and connections.
 *
 * <p>It depends on {@code stream}.
 */
package io.heartline.gateway.stream.metrics;
