package io.heartline.bench.load;

import io.heartline.bench.model.HttpCall;
import io.heartline.bench.model.IngestLikes;
import io.heartline.bench.model.IngestMethod;
import io.heartline.bench.model.Pace;
import io.heartline.bench.result.Delays;
import io.heartline.bench.server.ServerProcess;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Sends a POST for each like, at an even pace. Each like may be a CloudEvent. */
public final class SingleIngest implements IngestClient {

    private final ServerProcess server;
    private final List<HttpCall> calls;
    private final int rate;
    private final RequestSender sender;

    /** @param authorization null if the target needs no token */
    public SingleIngest(ServerProcess server, IngestMethod method, IngestLikes likes, int rate, String authorization) {
        this.server = server;
        List<byte[]> bodies = likes.bodies();
        this.calls = IntStream.range(0, bodies.size())
                .mapToObj(i -> new HttpCall(
                        "/v1/likes",
                        bodies.get(i),
                        authorization,
                        method == IngestMethod.cloudevents
                                ? likes.likes().get(i).id()
                                : null))
                .toList();
        this.rate = rate;
        this.sender = new RequestSender(server.uri("http", "/"), IngestMethod.single.success());
    }

    @Override
    public Optional<ServerProcess.Answer> refusal() {
        return Optional.of(server.call(calls.get(0)))
                .filter(answer -> answer.status() != IngestMethod.single.success());
    }

    @Override
    public IngestResult send(long likes) {
        sender.reset();
        Pace pace = Pace.fromNow(rate);
        for (long i = 0; i < likes; i++) {
            sender.send(calls.get((int) (i % calls.size())), pace.await(i));
        }
        Await.count(sender::answered, likes);
        long accepted = sender.accepted.sum();
        double seconds = (System.nanoTime() - pace.start()) / 1e9;
        return new IngestResult(accepted, likes - accepted, seconds, Delays.of(sender.delay));
    }

    @Override
    public void close() {
        sender.close();
    }
}
