package io.heartline.bench.load;

import io.heartline.bench.model.IngestLikes;
import io.heartline.bench.model.IngestMethod;
import io.heartline.bench.result.CannotMeasureException;
import io.heartline.bench.server.ServerProcess;
import io.heartline.bench.server.ServerProcess.Answer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.ByteBufFlux;

/** Sends likes in arrays of 500. Each connection sends the next array after the answer to the one before. */
public final class BatchIngest implements IngestClient {

    private static final int BATCH = 500;

    private final HttpClients http;
    private final IngestMethod method;
    private final List<byte[]> arrays;
    private final int connections;
    private final String authorization;

    /** @param authorization null if the target needs no token */
    public BatchIngest(
            ServerProcess server, IngestMethod method, IngestLikes likes, int connections, String authorization) {
        this.http = new HttpClients(server.uri("http", "/"));
        this.method = method;
        this.connections = connections;
        this.authorization = authorization;
        List<byte[]> bodies = likes.bodies();
        List<String> items = IntStream.range(0, bodies.size())
                .mapToObj(i -> item(likes.likes().get(i).id(), new String(bodies.get(i), StandardCharsets.US_ASCII)))
                .toList();
        this.arrays = IntStream.range(0, items.size() / BATCH)
                .mapToObj(i -> '[' + String.join(",", items.subList(i * BATCH, (i + 1) * BATCH)) + ']')
                .map(json -> json.getBytes(StandardCharsets.US_ASCII))
                .map(method::encode)
                .toList();
    }

    private String item(String id, String like) {
        return method == IngestMethod.cloudeventsBatch
                ? "{\"specversion\":\"1.0\",\"id\":\"" + id
                        + "\",\"source\":\"/bench\",\"type\":\"io.heartline.liked\",\"data\":" + like + '}'
                : like;
    }

    @Override
    public Optional<Answer> refusal() {
        return post(0).blockOptional().filter(answer -> answer.status() != method.success());
    }

    @Override
    public IngestResult send(long likes) {
        long start = System.nanoTime();
        long requests = likes / BATCH;
        long accepted = Flux.range(0, (int) requests)
                .flatMap(this::post, connections, 1)
                .map(this::accepted)
                .reduce(0L, Long::sum)
                .block();
        return new IngestResult(accepted, requests * BATCH - accepted, (System.nanoTime() - start) / 1e9, null);
    }

    private Mono<Answer> post(int number) {
        return http.posting(method, authorization)
                .post()
                .uri("/v1/likes")
                .send(ByteBufFlux.fromInbound(Mono.just(arrays.get(number % arrays.size()))))
                .responseSingle((response, body) -> body.asString()
                        .defaultIfEmpty("")
                        .map(text -> new Answer(response.status().code(), text)));
    }

    private long accepted(Answer answer) {
        if (answer.status() != method.success()) {
            throw new CannotMeasureException("an array of likes is answered with " + answer);
        }
        return Long.parseLong(answer.body().replaceAll(".*\"accepted\":(\\d+).*", "$1"));
    }

    @Override
    public void close() {
        http.close();
    }
}
