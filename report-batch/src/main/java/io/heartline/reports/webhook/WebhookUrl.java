package io.heartline.reports.webhook;

import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.util.Locale;

/**
 * The URL of the receiver. Its path and its query may contain secrets, so logs have only {@link #origin}.
 *
 * @param uri an absolute URL, http or https
 */
record WebhookUrl(URI uri) {

    private static final int MAX_PORT = 65_535;

    /**
     * Parses a URL.
     *
     * @param setting the name of the setting, for messages
     * @throws IllegalArgumentException if it is no such URL; the message does not contain the URL
     */
    static WebhookUrl parse(String setting, String text) {
        URI uri;
        try {
            uri = new URI(text.strip());
        } catch (URISyntaxException e) { // its message has the URL
            throw new IllegalArgumentException(setting + " must be an absolute URL, http or https, with a host");
        }
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        boolean isHttp = scheme.equals("http") || scheme.equals("https");
        if (!isHttp || uri.getHost() == null || uri.getPort() == 0 || uri.getPort() > MAX_PORT) {
            // a URI has no host either if its port is no number
            throw new IllegalArgumentException(setting + " must be an absolute URL, http or https, with a host");
        }
        if (uri.getRawUserInfo() != null) {
            throw new IllegalArgumentException(setting + " must have no user name and no password");
        }
        if (uri.getRawFragment() != null) {
            throw new IllegalArgumentException(setting + " must have no fragment (#)");
        }
        return new WebhookUrl(uri);
    }

    /** Returns the scheme, the host and the port if there is one, for logs. */
    String origin() {
        return uri.getScheme() + "://" + uri.getHost() + (uri.getPort() < 0 ? "" : ":" + uri.getPort());
    }

    /** Returns whether other machines can read the bodies on their way. A name that is not known yet counts as another machine. */
    boolean isReadableOnTheWay() {
        if (uri.getScheme().equalsIgnoreCase("https")) {
            return false;
        }
        try {
            return !InetAddress.getByName(uri.getHost()).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return true;
        }
    }
}
