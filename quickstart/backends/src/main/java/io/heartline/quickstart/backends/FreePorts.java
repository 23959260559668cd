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
 * Ports of the loopback interface that were free a moment ago; a KRaft node has to know its own before it starts. They lie
 * below those that systems give to outgoing connections, any of which could take one in that moment.
 */
public final class FreePorts {

    private static final int FIRST = 10_000;
    private static final int LAST = 32_000;
    /** Ports that were found before in this JVM: their users may not listen yet. */
    private static final Set<Integer> FOUND = ConcurrentHashMap.newKeySet();

    private FreePorts() {}

    /** So many different ports. */
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
                    continue; // taken: another will be free
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
