package io.heartline.bench.model;

/** A server that many clients connect to at the same moment. */
public enum StormTarget {
    /** The push gateway. */
    heartline(Target.heartline),
    /** The push gateway, with a token in each handshake. */
    secured(Target.heartline),
    /** {@code NettyPeer}. */
    netty(Target.netty),
    /** {@code peers/node/server.js}. */
    node(Target.node),
    /** nginx with nchan. */
    nchan(Target.nchan);

    private final Target server;

    StormTarget(Target server) {
        this.server = server;
    }

    public Target server() {
        return server;
    }
}
