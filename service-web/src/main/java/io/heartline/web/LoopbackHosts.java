package io.heartline.web;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Locale;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Loopback keeps out other machines, but not the pages that this one's browser shows: one whose name has come to mean 127.0.0.1
 * (DNS rebinding) could read what is open here as its own. It says that name as {@code Host}.
 */
final class LoopbackHosts implements WebFilter, Ordered {

    private static final int ORDER = -300;

    private final boolean isOn;

    LoopbackHosts(boolean isOn) {
        this.isOn = isOn;
    }

    @Override
    public int getOrder() {
        return ORDER;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        HttpHeaders headers = exchange.getRequest().getHeaders();
        InetSocketAddress host;
        try {
            host = headers.getHost();
        } catch (IllegalArgumentException e) { // such as a port of seven digits
            return refuse(HttpStatus.BAD_REQUEST, "Host must be a name or an address, and a port if there is one.");
        }
        if (headers.getOrEmpty(HttpHeaders.HOST).size() > 1) {
            // whoever stands in front of this service may go by the other
            return refuse(HttpStatus.BAD_REQUEST, "Host must be given once.");
        }
        if (!isOn || host == null || isLoopback(host.getHostString().toLowerCase(Locale.ROOT))) {
            return chain.filter(exchange);
        }
        return refuse(
                HttpStatus.MISDIRECTED_REQUEST,
                "Without authentication this service answers as localhost or a loopback address only.");
    }

    private static Mono<Void> refuse(HttpStatus status, String detail) {
        ErrorResponseException refusal = new ErrorResponseException(status);
        refusal.setDetail(detail);
        return Mono.error(refusal);
    }

    /** By the name alone: what it resolves to is the point. */
    private static boolean isLoopback(String host) {
        if (host.equals("localhost") || host.endsWith(".localhost")) {
            return true;
        }
        InetAddress address = NetUtil.createInetAddressFromIpAddressString(host.replaceAll("^\\[|]$", ""));
        return address != null && address.isLoopbackAddress();
    }
}
