/**
 * Writes frames to Netty channels as WebSocket messages or server-sent events, after it has taken them over from Reactor Netty. It
 * also holds the responses of long polls, validates the client's WebSocket frames, and limits the bytes that are buffered per channel
 * and in total. No other package uses Netty channels.
 *
 * <p>It depends on {@code stream}.
 */
package io.heartline.gateway.transport;
