/**
 * HTTP requests in, responses out: the likes resource with its four ways to read, polls, bearer tokens, problem details and the
 * client script.
 *
 * <p>It depends on {@code transport}, on {@code stream}, and on {@code stream.fanout} for its {@code Fanout} only.
 */
package io.heartline.gateway.http;
