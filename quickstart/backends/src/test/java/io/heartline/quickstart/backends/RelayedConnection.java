package io.heartline.quickstart.backends;

import io.heartline.quickstart.backends.FaultyRelay.Direction;
import io.heartline.quickstart.backends.FaultyRelay.Fault;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/** One connection through a {@link FaultyRelay}: two sockets and a pipe in each direction. Confined to the relay's thread. */
final class RelayedConnection {

    private final SocketChannel client;
    private final SelectionKey clientKey;
    private final Selector selector;
    private SocketChannel target;
    private SelectionKey targetKey;
    private RelayPipe toTarget;
    private RelayPipe toClient;
    private boolean isClosed;

    RelayedConnection(SocketChannel client, Selector selector) throws IOException {
        this.client = client;
        this.selector = selector;
        client.configureBlocking(false);
        client.setOption(StandardSocketOptions.TCP_NODELAY, true);
        clientKey = client.register(selector, 0, this);
    }

    boolean isUnconnected() {
        return target == null && !isClosed;
    }

    boolean isClosed() {
        return isClosed;
    }

    /** Connects to the target. If the target refuses the connection, the client's side is reset. */
    void connect(SocketAddress address, int receiveBuffer) {
        try {
            target = SocketChannel.open();
            if (receiveBuffer > 0) {
                target.setOption(StandardSocketOptions.SO_RCVBUF, receiveBuffer);
            }
            target.connect(address); // does not block for long: on loopback, this machine's kernel accepts
            target.configureBlocking(false);
            target.setOption(StandardSocketOptions.TCP_NODELAY, true);
            targetKey = target.register(selector, 0, this);
            toTarget = new RelayPipe(client, target);
            toClient = new RelayPipe(target, client);
        } catch (IOException e) {
            reset();
        }
    }

    /** Records whether the socket is ready to be read or written. {@link #move} reads and writes. */
    void handle(SelectionKey key) {
        if (isClosed || target == null) {
            return;
        }
        RelayPipe from = key == clientKey ? toTarget : toClient;
        RelayPipe to = key == clientKey ? toClient : toTarget;
        if (key.isValid() && key.isReadable()) {
            from.isReadable = true;
        }
        if (key.isValid() && key.isWritable()) {
            to.isWritable = true;
        }
    }

    /**
     * Moves the bytes that the fault permits in both directions.
     *
     * @return the nanoseconds until more may move
     */
    long move(Fault fault, long now) {
        if (isClosed || target == null) {
            return Long.MAX_VALUE;
        }
        try {
            long next = Math.min(
                    toTarget.move(fault, fault.blocked().contains(Direction.TO_TARGET), now),
                    toClient.move(fault, fault.blocked().contains(Direction.TO_CLIENT), now));
            clientKey.interestOps(toTarget.readInterest() | toClient.writeInterest());
            targetKey.interestOps(toClient.readInterest() | toTarget.writeInterest());
            if (toTarget.isFinished() && toClient.isFinished()) {
                isClosed = true;
                client.close();
                target.close();
            }
            return next;
        } catch (IOException e) { // one side was reset, so the other side is reset too
            reset();
            return Long.MAX_VALUE;
        }
    }

    void reset() {
        isClosed = true;
        reset(client);
        resetTarget();
    }

    /** Resets the client's side and returns the target's side, which is not read any more; null if it is not connected yet. */
    SocketChannel abandonTarget() {
        isClosed = true;
        reset(client);
        if (target != null) {
            targetKey.interestOps(0);
        }
        return target;
    }

    /** Resets the target's side, if it is connected, and returns the client's side, which is not read any more. */
    SocketChannel abandonClient() {
        isClosed = true;
        resetTarget();
        clientKey.interestOps(0);
        return client;
    }

    private void resetTarget() {
        if (target != null) {
            reset(target);
        }
    }

    private static void reset(SocketChannel channel) {
        try {
            if (channel.isOpen()) { // it is closed if the target refused the connection
                channel.setOption(StandardSocketOptions.SO_LINGER, 0);
                channel.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the relay cannot reset a socket", e);
        }
    }
}
