/**
 * Writes frames to Netty channels as WebSocket messages or server-sent events, validates the client's WebSocket frames, and
 * limits the bytes that are buffered per channel and in total. It is the only package that uses Netty channels.
 *
 * <p>It depends on {@code stream}.
 */
package io.heartline.gateway.transport;
