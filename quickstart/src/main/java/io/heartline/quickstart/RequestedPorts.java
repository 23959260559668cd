package io.heartline.quickstart;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Checks before the start that the requested ports are free, because the services need many seconds to find it out. */
final class RequestedPorts {

    private RequestedPorts() {}

    /**
     * @param ports the ports by the names of their options; 0 is any free port
     * @throws IllegalStateException if a process listens on one of them, or if two of them are the same; names the option
     */
    static void requireFree(Map<String, Integer> ports) {
        List<ServerSocket> held = new ArrayList<>();
        try {
            for (Map.Entry<String, Integer> port : ports.entrySet()) {
                if (port.getValue() != 0) {
                    held.add(open(port.getKey(), port.getValue()));
                }
            }
        } finally {
            held.forEach(RequestedPorts::close);
        }
    }

    private static ServerSocket open(String option, int port) {
        try {
            return new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
        } catch (BindException e) {
            throw new IllegalStateException("port " + port
                    + " is in use: stop the process that listens on it, or choose another port with " + option);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot test port " + port, e);
        }
    }

    private static void close(ServerSocket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
