package io.heartline.web.request;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.http.server.reactive.HttpHandlerDecoratorFactory;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;

/**
 * Takes tokens out of a request's URL before Spring sees it. Spring logs the URL of a request that fails after the head of its
 * answer, and adds the URL to stack traces.
 */
public final class UrlTokens implements HttpHandlerDecoratorFactory {

    private static final String PARAMETER = "access_token";

    /**
     * Returns the values of the parameter {@code access_token} with which a request was sent.
     *
     * @param request the request, whose URL no longer has the parameter
     * @return decoded values; empty if there are none
     */
    public static List<String> of(ServerHttpRequest request) {
        ServerHttpRequest current = request;
        while (current instanceof ServerHttpRequestDecorator decorated) {
            if (decorated instanceof RequestWithoutTokens without) {
                return without.tokens;
            }
            current = decorated.getDelegate();
        }
        return List.of();
    }

    private static final class RequestWithoutTokens extends ServerHttpRequestDecorator {

        private final List<String> tokens;

        RequestWithoutTokens(ServerHttpRequest request, List<String> tokens) {
            super(request);
            this.tokens = List.copyOf(tokens);
        }
    }

    @Override
    public HttpHandler apply(HttpHandler handler) {
        return (request, response) -> handler.handle(withoutTokens(request), response);
    }

    static ServerHttpRequest withoutTokens(ServerHttpRequest request) {
        String query = request.getURI().getRawQuery();
        if (query == null || !query.contains(PARAMETER) && query.indexOf('%') < 0) { // a name may be escaped
            return request;
        }
        List<String> tokens = new ArrayList<>(0);
        StringBuilder others = new StringBuilder(query.length());
        for (String parameter : query.split("&")) {
            int end = parameter.indexOf('=');
            if (decode(end < 0 ? parameter : parameter.substring(0, end)).equals(PARAMETER)) {
                tokens.add(end < 0 ? "" : decode(parameter.substring(end + 1)));
            } else {
                others.append(others.isEmpty() ? "" : "&").append(parameter);
            }
        }
        if (tokens.isEmpty()) {
            return request;
        }
        String url = request.getURI().toString();
        String path = url.substring(0, url.indexOf('?'));
        URI without = URI.create(others.isEmpty() ? path : path + '?' + others);
        return new RequestWithoutTokens(request.mutate().uri(without).build(), tokens);
    }

    private static String decode(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) { // Spring, too, keeps a percent sign that begins no escape
            return text;
        }
    }
}
