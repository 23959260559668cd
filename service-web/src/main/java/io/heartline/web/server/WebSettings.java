package io.heartline.web.server;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of every service's HTTP; each service's YAML documents each.
 *
 * @param requestTimeout from connecting, or the end of an answer, until a request's headers are whole, and from then on until its
 *     body is; also how long a client may read nothing of an answer
 * @param trustedProxies how many proxies in a row a request has passed, if {@code server.forward-headers-strategy} is native
 * @param trustTraces whether a caller's {@code traceparent} is continued and decides what is recorded; otherwise each request
 *     begins a trace
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
