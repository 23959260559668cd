package io.heartline.quickstart.chaos;

import java.net.URI;

/**
 * How a follower reaches the gateway.
 *
 * @param port of the gateway, or of a relay in front of it
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
