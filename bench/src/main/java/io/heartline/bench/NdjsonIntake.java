package io.heartline.bench;

import io.heartline.bench.ServerProcess.Answer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/** Likes as lines of a few POSTs, as fast as they are taken. */
final class NdjsonIntake implements Intake {

    private final MultiThreadIoEventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private final ServerProcess server;
    private final IngestLikes.Lines lines;
    private final int streams;
    private final boolean minimal;
    private final String authorization;

    /** @param authorization null if the target needs no token */
    NdjsonIntake(ServerProcess server, IngestLikes likes, int streams, boolean minimal, String authorization) {
        this.server = server;
        this.lines = likes.lines();
        this.streams = streams;
        this.minimal = minimal;
        this.authorization = authorization;
    }

    @Override
    public Optional<Answer> refusal() {
        return Optional.of(join(stream(1).start(loop))).filter(answer -> answer.status() != IngestWay.ndjson.success());
    }

    @Override
    public Taken send(long likes) {
        long start = System.nanoTime();
        List<NdjsonStream> posted = new ArrayList<>();
        List<CompletableFuture<Answer>> answers = new ArrayList<>();
        for (int i = 0; i < streams; i++) {
            posted.add(stream(likes * (i + 1) / streams - likes * i / streams));
            answers.add(posted.get(i).start(loop));
        }
        for (CompletableFuture<Answer> answer : answers) {
            if (join(answer).status() != IngestWay.ndjson.success()) {
                throw new CannotMeasureException("a stream of likes is answered with " + join(answer));
            }
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        long accepted = 0;
        for (NdjsonStream stream : posted) {
            accepted += stream.sums().accepted();
        }
        return new Taken(accepted, likes - accepted, seconds, null);
    }

    private NdjsonStream stream(long likes) {
        return new NdjsonStream(server.uri("http", "/"), lines, likes, minimal, authorization);
    }

    private static Answer join(CompletableFuture<Answer> answer) {
        try {
            return answer.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof CannotMeasureException told) {
                throw told;
            }
            throw new CannotMeasureException("a stream of likes broke", e.getCause());
        }
    }

    @Override
    public void close() {
        loop.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
        lines.close();
    }
}
