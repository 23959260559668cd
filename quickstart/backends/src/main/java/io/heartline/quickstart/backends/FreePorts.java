package io.heartline.quickstart.backends;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Finds free ports of the loopback interface, because the settings of a KRaft node contain its ports. All ports are below the
 * range of outgoing connections' ports, so that no such connection takes a port before it is used.
 */
public final class FreePorts {

    private static final int FIRST = 10_000;
    private static final int LAST = 32_000;
    /** The ports that were returned in this JVM. Their servers may not listen yet. */
    private static final Set<Integer> FOUND = ConcurrentHashMap.newKeySet();

    private FreePorts() {}

    /**
     * Returns different ports on which no process listens, and which were not returned before in this JVM. Thread-safe.
     *
     * @param count the number of ports
     * @return the ports
     * @throws UncheckedIOException if a port cannot be tested
     */
    public static int[] find(int count) {
        List<ServerSocket> held = new ArrayList<>();
        try {
            while (held.size() < count) {
                int port = ThreadLocalRandom.current().nextInt(FIRST, LAST);
                if (!FOUND.add(port)) {
                    continue;
                }
                try {
                    held.add(new ServerSocket(port, 1, InetAddress.getLoopbackAddress()));
                } catch (BindException e) {
                    continue; // in use: try another port
                }
            }
            int[] ports = held.stream().mapToInt(ServerSocket::getLocalPort).toArray();
            for (ServerSocket socket : held) {
                socket.close();
            }
            return ports;
        } catch (IOException e) {
            throw new UncheckedIOException("no free port on loopback", e);
        }
    }
}
