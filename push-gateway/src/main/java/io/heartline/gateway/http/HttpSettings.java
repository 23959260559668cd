package io.heartline.gateway.http;

import java.time.Duration;

/**
 * Settings of the HTTP resources.
 *
 * @param heartbeat the interval between two heartbeats of a connection
 * @param closeTimeout how long a client whose stream is closed may take to read the bytes that are buffered for it
 * @param eventSourceRetry whether a refused EventSource receives a retry interval with status 200 instead of status 503
 * @param accessTokenParameter whether a bearer token may be the URL parameter {@code access_token}
 */
public record HttpSettings(
        Duration heartbeat, Duration closeTimeout, boolean eventSourceRetry, boolean accessTokenParameter) {}
