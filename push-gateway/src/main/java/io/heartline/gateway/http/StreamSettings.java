package io.heartline.gateway.http;

import java.time.Duration;

/**
 * The settings of the streams that this package opens.
 *
 * @param heartbeat interval of heartbeats
 * @param closeTimeout how long a client whose stream ends may take to read what is buffered and the close code
 * @param eventSourceRetry whether a refused EventSource is answered with 200 and {@code retry}, so that it connects again
 */
public record StreamSettings(Duration heartbeat, Duration closeTimeout, boolean eventSourceRetry) {}
