/**
 * The connections of the HTTP server: deadlines, lingering close, strict parsing, forwarded headers, and disconnected clients. It is
 * the only package that uses Netty channels, except for the request id in {@code problem}. It may depend on {@code request} and
 * {@code problem}.
 */
package io.heartline.web.server;
