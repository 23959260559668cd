package io.heartline.bench;

import io.heartline.quickstart.backends.FreePorts;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** Two servers of a target, each of which keeps its port. */
final class ServerPair implements AutoCloseable {

    private final Servers servers;
    private final Target target;
    private final String topic;
    private final int[] ports = FreePorts.find(2);
    private final List<Deployed> deployed = new ArrayList<>();
    private volatile RuntimeException trouble;

    ServerPair(Servers servers, Target target, String topic) {
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

    List<URI> likesOf(String author) {
        return deployed.stream().map(each -> each.likesOf(author)).toList();
    }

    /** @param apart seconds with both of them, before and after each */
    void restartInTurn(int apart) {
        try {
            for (int i = 0; i < ports.length; i++) {
                pause(apart);
                Console.progress("stopping the %s", i == 0 ? "one" : "other");
                deployed.get(i).close();
                deployed.set(i, servers.deploy(target, topic, ports[i]));
            }
            pause(apart);
        } catch (RuntimeException e) {
            trouble = e;
        }
    }

    private static void pause(int seconds) {
        LockSupport.parkNanos(Duration.ofSeconds(seconds).toNanos());
    }

    /** @throws RuntimeException that ended the restarts before they were through */
    void requireWell() {
        if (trouble != null) {
            throw trouble;
        }
    }

    @Override
    public void close() {
        deployed.forEach(Deployed::close);
    }
}
