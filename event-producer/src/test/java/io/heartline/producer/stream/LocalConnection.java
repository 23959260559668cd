package io.heartline.producer.stream;

import io.heartline.producer.kafka.LikeAppender;
import io.heartline.producer.like.EventFactory;
import io.heartline.producer.like.IngestMetrics;
import io.heartline.producer.like.IngestRequest;
import io.heartline.producer.like.LikeParser;
import io.heartline.producer.like.Preferences;
import io.heartline.producer.limit.RateLimiter;
import io.heartline.producer.trace.RequestSpan;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.channel.Channel;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.local.LocalChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** A connection without a socket, for tests that drive a {@link LikeStream} without a server. */
final class LocalConnection implements AutoCloseable {

    final DefaultEventLoop loop = new DefaultEventLoop();
    final LocalChannel channel = new LocalChannel();

    LocalConnection() {
        loop.register(channel).syncUninterruptibly();
    }

    /** Returns the event loop, on which the pieces of a body must arrive. */
    Scheduler scheduler() {
        return Schedulers.fromExecutorService(loop);
    }

    static DataBuffer piece(String lines) {
        return DefaultDataBufferFactory.sharedInstance.wrap(lines.getBytes(StandardCharsets.UTF_8));
    }

    /** Returns a stream of a caller named alice, whose results are all sent while the body arrives. */
    LikeStream stream(
            Publisher<DataBuffer> body, LikeAppender appender, RateLimiter rateLimiter, StreamSettings settings) {
        return stream(body, appender, rateLimiter, settings, channel, null);
    }

    /** Returns the same for any connection, of a caller whose token expires. */
    static LikeStream stream(
            Publisher<DataBuffer> body,
            LikeAppender appender,
            RateLimiter rateLimiter,
            StreamSettings settings,
            Channel channel,
            @Nullable Instant expiresAt) {
        LikeParser parser = new LikeParser(InstantSource.system(), Duration.ofDays(90), Duration.ofMinutes(5));
        return new LikeStream(
                body,
                new IngestRequest("alice", null, Preferences.NONE, RequestSpan.NOOP, expiresAt),
                new EventFactory(parser),
                rateLimiter,
                new ResultOptions(false, false),
                appender,
                new IngestMetrics(new SimpleMeterRegistry()),
                settings,
                channel);
    }

    @Override
    public void close() {
        loop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
    }
}
