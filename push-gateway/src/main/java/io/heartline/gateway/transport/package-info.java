/**
 * Writes frames to Netty channels as WebSocket messages or server-sent events. It also validates the client's WebSocket frames, and
 * limits the bytes that are buffered per channel and in total. No other package uses Netty channels.
 *
 * <p>It depends on {@code stream}.
 */
package io.heartline.gateway.transport;
