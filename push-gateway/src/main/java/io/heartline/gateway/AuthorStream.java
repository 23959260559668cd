package io.heartline.gateway;

import java.util.LinkedHashSet;
import java.util.Set;

/** An author somebody follows here: the ring of their frames, and who reads it. Guarded by its {@link Partition}. */
final class AuthorStream {

    private static final Connection[] CHANGED = null;

    final Ring ring;
    private final Set<Connection> connections = new LinkedHashSet<>();
    private Connection[] snapshot = CHANGED;

    AuthorStream(int ringSize) {
        ring = new Ring(ringSize);
    }

    void add(Connection connection) {
        connections.add(connection);
        snapshot = CHANGED;
    }

    boolean contains(Connection connection) {
        return connections.contains(connection);
    }

    /** @return whether nobody is left */
    boolean remove(Connection connection) {
        connections.remove(connection);
        snapshot = CHANGED;
        return connections.isEmpty();
    }

    /** To be used without the lock: sending may end connections, which takes it. */
    Connection[] connections() {
        if (snapshot == CHANGED) {
            snapshot = connections.toArray(Connection[]::new);
        }
        return snapshot;
    }
}
