package io.heartline.web.server;

import io.netty.handler.codec.http.HttpRequest;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.function.BiFunction;
import java.util.regex.Pattern;
import reactor.netty.http.server.ConnectionInfo;
import reactor.netty.transport.AddressUtils;

/**
 * Takes the client's address, and the scheme and host of its request, from the {@code X-Forwarded-*} headers of trusted proxies.
 * Reactor Netty's own handler prefers {@code Forwarded}, which a client may send through a proxy that only sets the others. It
 * also takes the first address of a list, which a client has chosen if the proxy appends to it.
 */
final class ForwardedHeaders implements BiFunction<ConnectionInfo, HttpRequest, ConnectionInfo> {

    private static final Pattern SCHEME = Pattern.compile("[a-zA-Z][a-zA-Z0-9+.-]*");
    private static final Pattern PORT = Pattern.compile("[0-9]{1,5}");
    private static final int MAX_PORT = 65_535;

    private final int trustedProxies;

    /** @param trustedProxies how many proxies a request passes, of which each appends a value to a header or replaces it */
    ForwardedHeaders(int trustedProxies) {
        this.trustedProxies = trustedProxies;
    }

    @Override
    public ConnectionInfo apply(ConnectionInfo connection, HttpRequest request) {
        ConnectionInfo info = connection;
        String client = trustedValue(request, "X-Forwarded-For");
        InetSocketAddress address = client == null
                ? null
                : AddressUtils.parseAddress(client, info.getRemoteAddress().getPort());
        if (address != null && !address.isUnresolved()) { // a name is no address, and is not looked up
            info = info.withRemoteAddress(address);
        }
        String scheme = trustedValue(request, "X-Forwarded-Proto");
        if (scheme != null && SCHEME.matcher(scheme).matches()) {
            info = info.withScheme(scheme);
        }
        String host = trustedValue(request, "X-Forwarded-Host");
        if (host != null && !host.isEmpty()) {
            info = info.withHostAddress(
                    AddressUtils.parseAddress(host, ConnectionInfo.getDefaultHostPort(info.getScheme()), true));
        }
        String port = trustedValue(request, "X-Forwarded-Port");
        if (port != null && PORT.matcher(port).matches() && Integer.parseInt(port) <= MAX_PORT) {
            info = withPort(info, Integer.parseInt(port));
        }
        return info;
    }

    private static ConnectionInfo withPort(ConnectionInfo info, int port) {
        InetSocketAddress host =
                AddressUtils.createUnresolved(info.getHostAddress().getHostString(), port);
        return info.withHostAddress(host, info.getHostName(), port);
    }

    /**
     * Returns the value that the outermost trusted proxy has appended: as many from the right as there are proxies. A list that
     * is shorter was begun by a trusted proxy, so its first value counts.
     *
     * @return null without the header
     */
    private String trustedValue(HttpRequest request, String header) {
        List<String> lines = request.headers().getAll(header);
        if (lines.isEmpty()) {
            return null;
        }
        String[] values = String.join(",", lines).split(",", -1);
        return values[Math.max(0, values.length - trustedProxies)].strip();
    }
}
