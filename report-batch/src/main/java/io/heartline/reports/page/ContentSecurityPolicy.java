package io.heartline.reports.page;

import java.net.URI;

/**
 * The content security policy of the page. Scripts may send requests to this service, the gateway and the producer.
 * Inline scripts and styles are not allowed.
 */
final class ContentSecurityPolicy {

    private ContentSecurityPolicy() {}

    static String of(PageSettings page) {
        String gateway = origin(page.gatewayUrl());
        String producer = origin(page.producerUrl());
        return String.join(
                "; ",
                "default-src 'none'",
                "script-src 'self' " + gateway, // heartline.js
                "style-src 'self'",
                "img-src 'self'",
                "connect-src 'self' " + gateway + " " + gateway.replaceFirst("^http", "ws") + " " + producer,
                "base-uri 'none'",
                "form-action 'none'",
                "frame-ancestors 'none'",
                "require-trusted-types-for 'script'",
                "trusted-types 'none'");
    }

    private static String origin(URI url) {
        return url.getScheme() + "://" + url.getHost() + (url.getPort() < 0 ? "" : ":" + url.getPort());
    }
}
