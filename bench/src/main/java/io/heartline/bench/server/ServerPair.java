package io.heartline.bench.server;

import io.heartline.bench.model.Target;
import io.heartline.bench.result.CannotMeasureException;
import io.heartline.bench.result.Console;
import io.heartline.quickstart.backends.FreePorts;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** Two servers of a target, each of which keeps its port when it restarts. */
public final class ServerPair implements AutoCloseable {

    private final Servers servers;
    private final Target target;
    private final String topic;
    private final int[] ports = FreePorts.find(2);
    private final List<Deployment> deployed = new ArrayList<>();
    private volatile RuntimeException failure;

    public ServerPair(Servers servers, Target target, String topic) {
        this.servers = servers;
        this.target = target;
        this.topic = topic;
        try {
            for (int port : ports) {
                deployed.add(servers.deploy(target, topic, port));
            }
        } catch (CannotMeasureException e) {
            close();
            throw e;
        }
    }

    public List<URI> likesOf(String author) {
        return deployed.stream().map(each -> each.server().likesOf(author)).toList();
    }

    /** @param apart seconds before each restart and after the last, in which both servers run */
    public void restartInTurn(int apart) {
        try {
            for (int i = 0; i < ports.length; i++) {
                pause(apart);
                Console.progress("stopping the %s server", i == 0 ? "first" : "second");
                deployed.get(i).close();
                deployed.set(i, servers.deploy(target, topic, ports[i]));
            }
            pause(apart);
        } catch (RuntimeException e) {
            failure = e;
        }
    }

    private static void pause(int seconds) {
        LockSupport.parkNanos(Duration.ofSeconds(seconds).toNanos());
    }

    /** @throws RuntimeException if a restart failed */
    public void requireNoFailure() {
        if (failure != null) {
            throw failure;
        }
    }

    @Override
    public void close() {
        deployed.forEach(Deployment::close);
    }
}
