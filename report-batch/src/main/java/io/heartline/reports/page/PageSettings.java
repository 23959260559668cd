package io.heartline.reports.page;

import java.net.URI;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The addresses at which a browser finds the other services.
 *
 * @param gatewayUrl the URL of the gateway, with a host; http or https
 * @param producerUrl the URL of the producer, with a host; http or https
 */
@ConfigurationProperties("heartline.reports.page")
record PageSettings(
        @DefaultValue("http://localhost:8082") URI gatewayUrl,
        @DefaultValue("http://localhost:8081") URI producerUrl) {

    /**
     * Checks both addresses.
     *
     * @throws IllegalArgumentException if an address has no host, or is neither http nor https
     */
    PageSettings {
        check("gateway-url", gatewayUrl);
        check("producer-url", producerUrl);
    }

    private static void check(String name, URI url) {
        if (url.getHost() == null || !("http".equals(url.getScheme()) || "https".equals(url.getScheme()))) {
            throw new IllegalArgumentException("heartline.reports.page." + name
                    + " must be the URL of a service as a browser asks for it, such as https://likes.example.com");
        }
    }
}
