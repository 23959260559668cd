package io.heartline.quickstart.chaos;

import java.net.URI;

/**
 * The port and the transport by which a follower connects to the gateway.
 *
 * @param port the port of the gateway, or of a relay in front of it
 * @param transport the transport of the frames
 */
record Route(int port, Transport transport) {

    URI likesOf(String author) {
        return URI.create(transport.scheme() + "://127.0.0.1:" + port + "/v1/authors/" + author + "/likes");
    }

    @Override
    public String toString() {
        return transport + " at port " + port;
    }
}
