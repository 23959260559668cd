package io.heartline.bench.load;

import io.heartline.bench.model.IngestMethod;
import io.heartline.bench.result.CannotMeasureException;
import io.heartline.bench.server.ServerProcess.Answer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.ByteBufFlux;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientResponse;

/** A POST of NDJSON: writes lines as fast as the server reads them, and checks the answer meanwhile. */
final class NdjsonStream {

    private static final int MAX_CHUNK_LINES = 100; // Reactor Netty requests up to 128 chunks ahead
    private static final int MAX_MEMBER_LINES = 1000; // each chunk of a compressed stream is a member of gzip
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final List<byte[]> lines;
    private final long count;
    private final IngestMethod method;
    private final boolean minimal;
    private final NdjsonAnswer answer;

    /**
     * @param lines sent again and again until the count is reached
     */
    NdjsonStream(List<byte[]> lines, long count, IngestMethod method, boolean minimal) {
        this.lines = lines;
        this.count = count;
        this.minimal = minimal;
        this.method = method;
        this.answer = new NdjsonAnswer(minimal);
    }

    /** Sends the likes. The future completes with the answer: read it from {@link #sums()} if the status is 200. */
    CompletableFuture<Answer> start(HttpClient client) {
        return (minimal ? client.headers(headers -> headers.set("Prefer", "return=minimal")) : client)
                .responseTimeout(TIMEOUT)
                .post()
                .uri("/v1/likes")
                .send(chunks())
                .response(this::read)
                .single()
                .toFuture();
    }

    private Flux<ByteBuf> chunks() {
        int maxLines = method.isCompressed() ? MAX_MEMBER_LINES : MAX_CHUNK_LINES;
        return Flux.generate(() -> 0L, (written, sink) -> {
            if (written == count) {
                sink.complete();
                return written;
            }
            ByteArrayOutputStream chunk = new ByteArrayOutputStream(maxLines * 80);
            long end = Math.min(count, written + maxLines);
            for (long number = written; number < end; number++) {
                chunk.writeBytes(lines.get((int) (number % lines.size())));
            }
            sink.next(Unpooled.wrappedBuffer(method.encode(chunk.toByteArray())));
            return end;
        });
    }

    private Mono<Answer> read(HttpClientResponse response, ByteBufFlux body) {
        int status = response.status().code();
        return status == IngestMethod.ndjson.success()
                ? body.doOnNext(answer::add).then(Mono.just(new Answer(status, "")))
                : body.aggregate().asString().defaultIfEmpty("").map(text -> new Answer(status, text));
    }

    /**
     * Returns the sums of the answer.
     *
     * @throws CannotMeasureException if it is incomplete or refuses a line
     */
    NdjsonAnswer.Sums sums() {
        NdjsonAnswer.Sums sums = answer.end(count);
        if (sums.refused() > 0) {
            throw new CannotMeasureException(sums.refused() + " lines were refused, the first by " + answer.refusal());
        }
        return sums;
    }
}
