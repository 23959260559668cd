package io.heartline.web.server;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The HTTP settings of every service. The YAML of each service documents them.
 *
 * @param requestTimeout the maximum time for the headers of a request, for its body, and for a client that reads nothing of an answer.
 *     The time for the headers counts from the connection's start or the end of the previous answer
 * @param trustedProxies how many proxies in a row a request has passed, if {@code server.forward-headers-strategy} is native
 * @param trustTraces whether a caller's {@code traceparent} is continued and decides whether the request is recorded; otherwise each
 *     request begins a trace
 */
@ConfigurationProperties("heartline.web")
record WebSettings(
        @DefaultValue("20s") Duration requestTimeout,
        @DefaultValue("1") int trustedProxies,
        @DefaultValue("false") boolean trustTraces) {

    WebSettings {
        if (trustedProxies < 1) {
            throw new IllegalArgumentException("heartline.web.trusted-proxies must be positive");
        }
    }
}
