package io.heartline.web;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Sends GET requests with the target unchanged, because HTTP clients normalize it. */
public final class RawGet {

    private RawGet() {}

    /**
     * Sends a GET on a new connection and reads until the server closes it.
     *
     * @param port the port, on loopback
     * @param target the request target
     * @param token the bearer token
     * @return the whole answer, with its headers
     */
    public static byte[] send(int port, String target, String token) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream()
                    .write(("GET " + target + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + token
                                    + "\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            return socket.getInputStream().readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
