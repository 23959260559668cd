package io.heartline.web.security;

import io.heartline.web.problem.ApiException;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.NetUtil;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;

/**
 * Refuses requests whose {@code Host} is missing, ambiguous or malformed (RFC 9112, 3.2). Where no token is checked, it also
 * refuses a name that is not allowed: browsers send the name that a page was loaded from.
 */
final class HostFilter implements WebFilter, Ordered {

    private static final int ORDER = -300;
    private static final String FORWARDED_HOST = "X-Forwarded-Host";
    private static final Pattern ABSOLUTE = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*://([^/?#]*).*");

    private final @Nullable AllowedHosts allowed;

    /** @param allowed null if any name is allowed, because every request needs a token */
    HostFilter(@Nullable AllowedHosts allowed) {
        this.allowed = allowed;
    }

    @Override
    public int getOrder() {
        return ORDER;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        HttpServerRequest request = ServerHttpRequestDecorator.getNativeRequest(exchange.getRequest());
        List<String> hosts = request.requestHeaders().getAll(HttpHeaders.HOST);
        if (hosts.size() > 1) { // another server could take the other one
            return refuse(HttpStatus.BAD_REQUEST, "Host must be given once.");
        }
        if (hosts.isEmpty() && request.version().compareTo(HttpVersion.HTTP_1_0) > 0) {
            return refuse(HttpStatus.BAD_REQUEST, "A request of HTTP/1.1 needs the header Host.");
        }
        try {
            for (String host : hostNames(request, hosts)) {
                RequestHost parsed = RequestHost.parse(host);
                if (allowed != null && !allowed.contains(parsed)) {
                    return refuse(
                            HttpStatus.MISDIRECTED_REQUEST,
                            "No token is checked here, so the host must be an IP address or a name in "
                                    + AllowedHosts.KEY + '.');
                }
            }
        } catch (IllegalArgumentException e) {
            return refuse(HttpStatus.BAD_REQUEST, "The host must be a name or an address, and a port if there is one.");
        }
        return chain.filter(exchange);
    }

    /**
     * Returns every name by which a request calls this service. A page that has rebound its name can send any header but
     * {@code Host}, so a forwarded host counts in addition to it.
     */
    private static List<String> hostNames(HttpServerRequest request, List<String> hosts) {
        List<String> names = new ArrayList<>(hosts);
        Matcher target = ABSOLUTE.matcher(request.uri());
        if (target.matches()) {
            names.add(target.group(1));
        }
        if (request.requestHeaders().contains(FORWARDED_HOST)) {
            String host = request.hostName(); // of the header, if this service trusts it; otherwise that of Host
            names.add(NetUtil.isValidIpV6Address(host) ? '[' + host + ']' : host);
        }
        return names;
    }

    private static Mono<Void> refuse(HttpStatus status, String detail) {
        return Mono.error(ApiException.of(status, detail));
    }
}
