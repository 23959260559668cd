package io.heartline.bench.client;

import io.heartline.bench.model.FrameText;
import io.heartline.bench.result.CannotMeasureException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import java.util.function.Consumer;

/** A client that reads likes, or a live report, as server-sent events. */
final class EventStreamReader extends SimpleChannelInboundHandler<HttpObject> {

    private static final byte[] DATA = FrameText.ascii("data:");
    private static final byte[] OF_REPORT = FrameText.ascii("\"events\"");
    private final Readers readers;
    private final String path;
    private final Consumer<ByteBuf> data;
    private final ByteBuf line = Unpooled.buffer();
    private boolean greeted;

    private EventStreamReader(Readers readers, String path, Consumer<ByteBuf> data) {
        this.readers = readers;
        this.path = path;
        this.data = data;
    }

    static void openLikes(Readers readers, String author) {
        open(readers, "/v1/authors/" + author + "/likes", line -> {
            int like = FrameText.nextDueTime(line, 0);
            if (like >= 0) {
                readers.counters.like(FrameText.dueTimeAt(line, like));
            }
        });
    }

    /** @param every minimum seconds between two events with figures */
    static void openReport(Readers readers, PollRequest.Report report, int every) {
        open(readers, report.next() + "?every=" + every, line -> {
            if (FrameText.afterLast(line, OF_REPORT) >= 0) {
                report.read(line, readers.counters);
            }
        });
    }

    private static void open(Readers readers, String path, Consumer<ByteBuf> data) {
        readers.connect(
                pipeline -> pipeline.addLast(new HttpClientCodec(), new EventStreamReader(readers, path, data)));
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        FullHttpRequest request =
                new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, path, Unpooled.EMPTY_BUFFER);
        Readers.setBrowserHeaders(request.headers(), readers.server).set("Accept", "text/event-stream");
        readers.counters.requests.increment();
        context.writeAndFlush(request);
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, HttpObject part) {
        if (part instanceof HttpResponse response && response.status().code() != 200) {
            readers.fail(new CannotMeasureException("an event stream is answered with " + response.status()));
        } else if (part instanceof HttpContent content) {
            content.content().forEachByte(this::read);
        }
    }

    private boolean read(byte character) {
        if (character != '\n') {
            line.writeByte(character);
            return true;
        }
        if (FrameText.matches(line, 0, DATA)) {
            data.accept(line);
            if (!greeted) {
                greeted = true;
                readers.greeted();
            }
        }
        line.clear();
        return true;
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        readers.fail(new CannotMeasureException("an event stream ended"));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable e) {
        readers.fail(e);
    }
}
