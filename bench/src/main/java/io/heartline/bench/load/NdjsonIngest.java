package io.heartline.bench.load;

import io.heartline.bench.model.IngestLikes;
import io.heartline.bench.model.IngestMethod;
import io.heartline.bench.result.CannotMeasureException;
import io.heartline.bench.server.ServerProcess;
import io.heartline.bench.server.ServerProcess.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import reactor.netty.http.client.HttpClient;

/** Sends likes as the lines of one or more POSTs, as fast as the server reads them. */
public final class NdjsonIngest implements IngestClient {

    private final HttpClients http;
    private final List<byte[]> lines;
    private final int streams;
    private final boolean minimal;
    private final IngestMethod method;
    private final HttpClient client;

    /** @param authorization null if the target needs no token */
    public NdjsonIngest(
            ServerProcess server,
            IngestMethod method,
            IngestLikes likes,
            int streams,
            boolean minimal,
            String authorization) {
        this.http = new HttpClients(server.uri("http", "/"));
        this.lines = likes.lines();
        this.streams = streams;
        this.minimal = minimal;
        this.method = method;
        this.client = http.posting(method, authorization);
    }

    @Override
    public Optional<Answer> refusal() {
        return Optional.of(join(stream(1).start(client)))
                .filter(answer -> answer.status() != IngestMethod.ndjson.success());
    }

    @Override
    public IngestResult send(long likes) {
        long start = System.nanoTime();
        List<NdjsonStream> posted = new ArrayList<>();
        List<CompletableFuture<Answer>> answers = new ArrayList<>();
        for (int i = 0; i < streams; i++) {
            posted.add(stream(likes * (i + 1) / streams - likes * i / streams));
            answers.add(posted.get(i).start(client));
        }
        for (CompletableFuture<Answer> answer : answers) {
            if (join(answer).status() != IngestMethod.ndjson.success()) {
                throw new CannotMeasureException("a stream of likes is answered with " + join(answer));
            }
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        long accepted =
                posted.stream().mapToLong(stream -> stream.sums().accepted()).sum();
        return new IngestResult(accepted, likes - accepted, seconds, null);
    }

    private NdjsonStream stream(long likes) {
        return new NdjsonStream(lines, likes, method, minimal);
    }

    private static Answer join(CompletableFuture<Answer> answer) {
        try {
            return answer.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof CannotMeasureException failure) {
                throw failure;
            }
            throw new CannotMeasureException("a stream of likes broke", e.getCause());
        }
    }

    @Override
    public void close() {
        http.close();
    }
}
