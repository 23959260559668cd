package io.heartline.quickstart.backends;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A TCP relay on loopback. A test switches its faults while connections are open. One thread moves all bytes, so that a fault
 * applies to all connections at the same moment. A method that switches a fault returns after the fault is applied.
 */
public final class FaultyRelay implements AutoCloseable {

    /** A direction of bytes through the relay. */
    public enum Direction {
        /** From the client to the target. */
        TO_TARGET,
        /** From the target to the client. */
        TO_CLIENT
    }

    /**
     * A fault of all connections.
     *
     * @param blocked the directions in which the relay neither reads nor writes
     * @param bytesPerSecond the rate of each connection in each direction; 0 for no limit
     * @param latency the time that is added in each direction
     */
    record Fault(Set<Direction> blocked, int bytesPerSecond, Duration latency) {

        private static final Fault NONE = new Fault(Set.of(), 0, Duration.ZERO);
    }

    private final int targetPort;
    private final int receiveBuffer;
    private final ServerSocketChannel server;
    private final Selector selector;
    private final Thread thread = new Thread(this::run, "faulty-relay");
    private final Queue<Runnable> commands = new ConcurrentLinkedQueue<>();
    // confined to the thread
    private final List<RelayedConnection> connections = new ArrayList<>();
    private final List<SocketChannel> abandoned = new ArrayList<>();
    private Fault fault = Fault.NONE;
    private boolean isClosed;
    private final AtomicInteger accepted = new AtomicInteger();

    /**
     * Creates a relay whose sockets have the kernel's default buffers.
     *
     * @param targetPort the port on loopback to which the relay connects
     * @throws IOException if the relay cannot listen
     */
    public FaultyRelay(int targetPort) throws IOException {
        this(targetPort, 0);
    }

    /**
     * Creates a relay whose sockets have small receive buffers, so that the kernel acknowledges fewer bytes of a direction that
     * is blocked. A socket whose small buffer was full once stays slow.
     *
     * @param targetPort the port on loopback to which the relay connects
     * @param receiveBuffer the bytes of each socket's receive buffer; 0 for the kernel's default
     * @throws IOException if the relay cannot listen
     */
    public FaultyRelay(int targetPort, int receiveBuffer) throws IOException {
        this.targetPort = targetPort;
        this.receiveBuffer = receiveBuffer;
        server = ServerSocketChannel.open();
        selector = Selector.open();
        if (receiveBuffer > 0) {
            server.setOption(StandardSocketOptions.SO_RCVBUF, receiveBuffer);
        }
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1000);
        server.configureBlocking(false);
        server.register(selector, SelectionKey.OP_ACCEPT);
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Returns the port for clients.
     *
     * @return the port on loopback on which the relay listens
     */
    public int port() {
        return server.socket().getLocalPort();
    }

    /**
     * Returns how many connections have been accepted so far.
     *
     * @return the number of connections, closed ones included
     */
    public int accepted() {
        return accepted.get();
    }

    /** Accepts connections and keeps open connections, but moves no byte, FIN or RST in either direction. */
    public void blackHole() {
        switchTo(new Fault(EnumSet.allOf(Direction.class), 0, Duration.ZERO));
    }

    /**
     * Moves nothing in one direction; the other direction works.
     *
     * @param direction the direction to block
     */
    public void block(Direction direction) {
        switchTo(new Fault(Set.of(direction), 0, Duration.ZERO));
    }

    /**
     * Limits the rate and adds latency, for each connection in each direction.
     *
     * @param bytesPerSecond the rate; 0 for no limit
     * @param latency the time that is added in each direction
     */
    public void slow(int bytesPerSecond, Duration latency) {
        switchTo(new Fault(Set.of(), bytesPerSecond, latency));
    }

    /** Ends all faults. The relay passes on the bytes that it has held back. A socket that was abandoned stays abandoned. */
    public void heal() {
        switchTo(Fault.NONE);
    }

    private void switchTo(Fault next) {
        apply(() -> fault = next);
    }

    /** Ends every connection with an RST to both sides. */
    public void reset() {
        apply(() -> connections.forEach(RelayedConnection::reset));
    }

    /** Resets the client's side of every connection. The target's stays open and is never read again. */
    public void dropClients() {
        apply(() -> connections.stream()
                .map(RelayedConnection::abandonTarget)
                .filter(Objects::nonNull)
                .forEach(abandoned::add));
    }

    /** Resets the target's side of every connection. The client's stays open and is never read again. */
    public void dropTargets() {
        apply(() -> connections.forEach(connection -> abandoned.add(connection.abandonClient())));
    }

    private void apply(Runnable change) {
        FutureTask<Void> task = new FutureTask<>(change, null);
        commands.add(task);
        selector.wakeup();
        try {
            task.get(10, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException("the relay did not apply the fault", e);
        }
    }

    private void run() {
        long pause = 0;
        try {
            while (!isClosed) {
                selector.select(this::handle, pause);
                for (Runnable command = commands.poll(); command != null; command = commands.poll()) {
                    command.run();
                }
                pause = move(System.nanoTime());
            }
            server.close();
            for (SocketChannel channel : abandoned) {
                channel.close();
            }
            connections.forEach(RelayedConnection::reset);
            selector.close(); // and with it all registered channels
        } catch (IOException e) {
            throw new UncheckedIOException("the relay broke", e);
        }
    }

    private void handle(SelectionKey key) {
        if (key.isValid() && key.isAcceptable()) {
            accept();
        } else {
            ((RelayedConnection) key.attachment()).handle(key);
        }
    }

    private void accept() {
        try {
            SocketChannel client = server.accept();
            if (client != null) {
                accepted.incrementAndGet();
                connections.add(new RelayedConnection(client, selector));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the relay cannot accept", e);
        }
    }

    /**
     * Moves bytes of all connections.
     *
     * @return the milliseconds until more can move, if no socket becomes ready before; 0 if only a socket can cause it
     */
    private long move(long now) {
        long next = Long.MAX_VALUE;
        for (RelayedConnection connection : connections) {
            if (connection.isUnconnected() && !fault.blocked().contains(Direction.TO_TARGET)) {
                connection.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), targetPort), receiveBuffer);
            }
            next = Math.min(next, connection.move(fault, now));
        }
        connections.removeIf(RelayedConnection::isClosed);
        return next == Long.MAX_VALUE ? 0 : Math.max(1, TimeUnit.NANOSECONDS.toMillis(next));
    }

    /** Stops the relay. Its thread resets all connections shortly after this method returns. */
    @Override
    public void close() {
        apply(() -> isClosed = true);
    }
}
