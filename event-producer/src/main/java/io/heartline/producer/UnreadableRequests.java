package io.heartline.producer;

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
final class UnreadableRequests extends ChannelOutboundHandlerAdapter {

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (message instanceof FullHttpResponse answer
                && answer.status().code() >= HttpStatus.BAD_REQUEST.value()
                && !answer.headers().contains(RequestIds.HEADER)) {
            String id = RequestIds.next();
            HttpStatus status = HttpStatus.valueOf(answer.status().code());
            byte[] problem = Problem.of(status, status.getReasonPhrase(), "The request cannot be read.")
                    .at("urn:uuid:" + id)
                    .json();
            answer.headers()
                    .set(RequestIds.HEADER, id)
                    .set(HttpHeaderNames.CONTENT_TYPE, MediaType.APPLICATION_PROBLEM_JSON_VALUE)
                    .set(HttpHeaderNames.CONTENT_LENGTH, problem.length);
            context.write(answer.replace(context.alloc().buffer(problem.length).writeBytes(problem)), promise);
            answer.release();
        } else {
            context.write(message, promise);
        }
    }
}
