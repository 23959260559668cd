package io.heartline.bench;

import io.heartline.bench.Caller.Call;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.IntFunction;

/** A POST to the event producer, a WebSocket from the push gateway; one follower for each author. */
final class HeartlineRoute implements Route {

    private static final int MOST_AT_ONCE = 256;

    private final ServerProcess producer;
    private final ServerProcess gateway;
    private final Followers followers;
    private final Caller caller;

    private HeartlineRoute(ServerProcess producer, ServerProcess gateway, Followers followers) {
        this.producer = producer;
        this.gateway = gateway;
        this.followers = followers;
        this.caller = new Caller(producer.uri("http", "/"), 202, MOST_AT_ONCE);
    }

    static HeartlineRoute open(Servers servers, String topic, IntFunction<String> author, int authors)
            throws InterruptedException {
        ServerProcess producer = servers.startProducer(topic, List.of());
        ServerProcess gateway = servers.startGateway(topic);
        Followers followers =
                Followers.connect(Target.heartline, i -> gateway.likesOf(author.apply(i)), authors, authors);
        return new HeartlineRoute(producer, gateway, followers);
    }

    @Override
    public void send(String author, long due, long number) {
        String like = "{\"postId\":\"p-" + number % 10 + "\",\"authorId\":\"" + author + "\",\"likerId\":\""
                + Due.liker(due, number) + "\"}";
        caller.send(new Call("/v1/likes", like.getBytes(StandardCharsets.US_ASCII)), due);
    }

    @Override
    public List<Stage> stages() {
        return List.of(new Stage("due to 202", caller.delay), new Stage("due to frame", followers.delay));
    }

    @Override
    public long arrived() {
        followers.requireWell();
        return followers.likes.sum();
    }

    @Override
    public long refused() {
        return caller.refused.sum();
    }

    @Override
    public long settled() {
        // a frame may well be here before the 202 is
        return Math.min(arrived(), caller.accepted.sum()) + refused();
    }

    @Override
    public void reset() {
        followers.likes.reset();
        followers.delay.reset();
        caller.accepted.reset();
        caller.refused.reset();
        caller.delay.reset();
    }

    @Override
    public void close() {
        caller.close();
        followers.close();
        gateway.close();
        producer.close();
    }
}
