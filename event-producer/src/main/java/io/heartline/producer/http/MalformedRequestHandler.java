package io.heartline.producer.http;

import io.heartline.producer.like.Problem;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;

/**
 * What cannot be read as a request, because its line or its headers are too long or are none, is answered by the server and
 * never comes to Spring. Those answers are bare; here they become problems like all others.
 */
public final class MalformedRequestHandler extends ChannelOutboundHandlerAdapter {

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (message instanceof FullHttpResponse response
                && response.status().code() >= HttpStatus.BAD_REQUEST.value()
                && !response.headers().contains(RequestIds.HEADER)) {
            String requestId = RequestIds.next();
            HttpStatus status = HttpStatus.valueOf(response.status().code());
            byte[] problem = Problem.of(status, status.getReasonPhrase(), "The request cannot be read.")
                    .withInstance("urn:uuid:" + requestId)
                    .json();
            response.headers()
                    .set(RequestIds.HEADER, requestId)
                    .set(HttpHeaderNames.CONTENT_TYPE, MediaType.APPLICATION_PROBLEM_JSON_VALUE)
                    .set(HttpHeaderNames.CONTENT_LENGTH, problem.length);
            context.write(
                    response.replace(context.alloc().buffer(problem.length).writeBytes(problem)), promise);
            response.release();
        } else {
            context.write(message, promise);
        }
    }
}
