package io.heartline.bench.client;

import io.heartline.bench.model.Target;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * WebSocket clients that connect at the same moment and then stay connected. Each starts as soon as their one thread can, or when an
 * earlier one has finished if only some may connect concurrently.
 */
public final class StormClients implements AutoCloseable {

    private static final int TIMEOUT_SECONDS = 30;

    /** Clients of different storms have different addresses, because ports of closed connections stay occupied for a minute. */
    private static final int ADDRESSES = 200;

    /**
     * A client of a storm.
     *
     * @param token for its handshake; null for none
     */
    public record Caller(URI url, String token) {}

    private final Target target;
    private final List<Caller> callers;
    private final StormCounters counters;
    private final int address;
    private final Connections connections = new Connections();
    private final CountDownLatch unfinished;
    private int next; // used by the thread of the connections

    private StormClients(Target target, List<Caller> callers, StormCounters counters, int storm) {
        this.target = target;
        this.callers = callers;
        this.counters = counters;
        this.address = 1 + storm % ADDRESSES;
        this.unfinished = new CountDownLatch(callers.size());
    }

    /**
     * Connects all clients, and returns when each is accepted or has failed, or after 30 s.
     *
     * @param concurrency the maximum number of clients that connect concurrently
     * @param counters to which this storm is added
     * @param storm number of the storm at this server
     */
    public static StormClients connect(
            Target target, List<Caller> callers, int concurrency, StormCounters counters, int storm)
            throws InterruptedException {
        Connections.requireFiles(callers.size());
        StormClients clients = new StormClients(target, callers, counters, storm);
        long start = System.nanoTime();
        clients.connections.execute(() -> {
            for (int i = 0; i < concurrency; i++) {
                clients.startNext(start);
            }
        });
        if (!clients.unfinished.await(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
            clients.close(); // so that no client is accepted later
            counters.fail(clients.unfinished.getCount(), "no answer within " + TIMEOUT_SECONDS + " s");
        }
        counters.nanos.add(System.nanoTime() - start);
        return clients;
    }

    /** @param due when the client is to connect */
    private void startNext(long due) {
        if (next < callers.size() && !connections.isClosing()) {
            Caller caller = callers.get(next++);
            HttpHeaders headers = new DefaultHttpHeaders();
            if (caller.token() != null) {
                headers.set(HttpHeaderNames.AUTHORIZATION, "Bearer " + caller.token());
            }
            Client client = new Client(due);
            connections.connect(
                    caller.url(),
                    Connections.addressOf(next - 1, address),
                    pipeline -> client.addTo(pipeline, caller.url().toString(), null, headers),
                    client::fail);
        }
    }

    private final class Client extends WebSocketClient {

        private final long due;
        private boolean accepted;
        private boolean failed;

        Client(long due) {
            this.due = due;
        }

        @Override
        void opened(ChannelHandlerContext context) {
            counters.handshake.recordValue(System.nanoTime() - due);
            if (!target.greets()) {
                accept();
            }
        }

        @Override
        void received(ByteBuf text, ChannelHandlerContext context) {
            if (!accepted) {
                counters.hello.recordValue(System.nanoTime() - due);
                accept();
            }
        }

        private void accept() {
            accepted = true;
            counters.accepted.increment();
            finish();
        }

        private void finish() {
            unfinished.countDown();
            startNext(System.nanoTime());
        }

        void fail(Throwable why) {
            if (failed || connections.isClosing()) {
                return;
            }
            failed = true;
            if (accepted) {
                counters.accepted.decrement(); // disconnected before the end of the storm
            }
            counters.fail(1, why.toString());
            if (!accepted) {
                finish();
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            fail(new IllegalStateException("the server has closed the connection"));
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable e) {
            fail(e);
            context.close();
        }
    }

    @Override
    public void close() {
        connections.close();
    }
}
