package io.heartline.quickstart.chaos;

import static java.util.stream.Collectors.joining;

import java.net.URI;
import java.util.List;

/**
 * The port and the transport by which a follower connects to the gateway.
 *
 * @param port the port of the gateway, or of a relay in front of it
 * @param transport the transport of the frames
 */
record Route(int port, Transport transport) {

    /**
     * Returns the URL of likes.
     *
     * @param several whether the resource is that of several authors; otherwise there is one author
     */
    URI likesOf(List<String> authors, boolean several) {
        String path = several
                ? authors.stream().collect(joining("&author=", "/v1/likes?author=", ""))
                : "/v1/authors/" + authors.get(0) + "/likes";
        return URI.create(transport.scheme() + "://127.0.0.1:" + port + path);
    }

    /** Returns the URL with another parameter. */
    static URI withParameter(URI likes, String name, Object value) {
        return URI.create(likes + (likes.getQuery() == null ? "?" : "&") + name + "=" + value);
    }

    @Override
    public String toString() {
        return transport + " at port " + port;
    }
}
