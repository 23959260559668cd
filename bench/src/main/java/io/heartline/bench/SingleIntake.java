package io.heartline.bench;

import io.heartline.bench.Caller.Call;
import java.util.List;
import java.util.Optional;

/** A POST for each like, at an even pace. */
final class SingleIntake implements Intake {

    private static final int MOST_AT_ONCE = 256;

    private final ServerProcess server;
    private final List<Call> calls;
    private final int rate;
    private final Caller caller;

    /** @param authorization null if the target needs no token */
    SingleIntake(ServerProcess server, IngestLikes likes, int rate, String authorization) {
        this.server = server;
        this.calls = likes.bodies().stream()
                .map(body -> new Call("/v1/likes", body, authorization))
                .toList();
        this.rate = rate;
        this.caller = new Caller(server.uri("http", "/"), IngestWay.single.success(), MOST_AT_ONCE);
    }

    @Override
    public Optional<ServerProcess.Answer> refusal() {
        return Optional.of(server.call(calls.get(0))).filter(answer -> answer.status() != IngestWay.single.success());
    }

    @Override
    public Taken send(long likes) {
        caller.accepted.reset();
        caller.refused.reset();
        caller.delay.reset();
        Pace pace = Pace.fromNow(rate);
        for (long i = 0; i < likes; i++) {
            caller.send(calls.get((int) (i % calls.size())), pace.await(i));
        }
        Arrivals.await(() -> caller.accepted.sum() + caller.refused.sum(), likes);
        long accepted = caller.accepted.sum();
        double seconds = (System.nanoTime() - pace.start()) / 1e9;
        return new Taken(accepted, likes - accepted, seconds, Delays.of(caller.delay));
    }

    @Override
    public void close() {
        caller.close();
    }
}
