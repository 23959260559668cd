package io.heartline.web.server;

import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Refuses requests that Netty's decoder accepts although another server could read them differently (RFC 9112, 2.3, 3.2 and 6.1).
 * The server answers 400 and closes the connection, as for a request that cannot be decoded. It closes the connection, too, if a
 * client sends more requests at a time than the decoder accepts.
 */
@Sharable
final class StrictRequests extends ChannelInboundHandlerAdapter {

    private static final String CHUNKED = "chunked";
    private static final Pattern ABSOLUTE = Pattern.compile("https?://", Pattern.CASE_INSENSITIVE);

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof HttpRequest request && request.decoderResult().isSuccess()) {
            String violation = violation(request);
            if (violation != null) {
                request.setDecoderResult(DecoderResult.failure(new IllegalArgumentException(violation)));
            } else if (request.protocolVersion().minorVersion() > 1) {
                request.setProtocolVersion(HttpVersion.HTTP_1_1); // or the answer would claim that version
            }
        }
        context.fireChannelRead(message);
    }

    /**
     * Closes the connection if more requests are unanswered than the decoder counts (128), for example after an endless answer. The
     * decoder throws for nothing else: it marks a request that it cannot read. Reactor Netty would log a warning.
     */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable e) {
        if (e instanceof DecoderException && e.getCause() instanceof IllegalStateException) {
            context.close();
        } else {
            context.fireExceptionCaught(e);
        }
    }

    /** Returns null if there is none. */
    private static String violation(HttpRequest request) {
        HttpVersion version = request.protocolVersion();
        // the decoder returns its constants for exactly these spellings
        boolean isKnownVersion = version == HttpVersion.HTTP_1_1 || version == HttpVersion.HTTP_1_0;
        if (!isKnownVersion && (version.majorVersion() != 1 || version.minorVersion() < 2)) {
            return "not HTTP/1.1";
        }
        if (!isTarget(request.uri(), request.method())) {
            return "not a request target";
        }
        List<String> codings = request.headers().getAll(HttpHeaderNames.TRANSFER_ENCODING);
        if (codings.isEmpty()) {
            return null;
        }
        if (version == HttpVersion.HTTP_1_0) {
            return "HTTP/1.0 has no transfer coding";
        }
        return codings.size() == 1 && codings.get(0).equalsIgnoreCase(CHUNKED)
                ? null
                : "chunked is the only transfer coding";
    }

    private static boolean isTarget(String target, HttpMethod method) {
        return target.startsWith("/")
                || ABSOLUTE.matcher(target).lookingAt()
                || target.equals("*") && method.equals(HttpMethod.OPTIONS)
                || method.equals(HttpMethod.CONNECT);
    }
}
