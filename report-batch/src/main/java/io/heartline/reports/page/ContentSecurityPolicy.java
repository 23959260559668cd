package io.heartline.reports.page;

import java.net.URI;

/** What the page may load, and whom it may ask: this service, the gateway and the producer. Nothing is inline. */
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
