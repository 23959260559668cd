package io.heartline.bench;

/** What likes are fanned out by. */
enum Target {
    /** The push gateway. */
    heartline,
    /** {@link NettyPeer}. */
    netty,
    /** {@code peers/node}. */
    node,
    /** nginx with nchan, {@code peers/nchan}, and {@link NchanPublisher}. */
    nchan;

    /** Whether a follower is told something as soon as it follows; nchan says nothing beyond the handshake. */
    boolean greets() {
        return this != nchan;
    }

    /** What its clients can do. */
    Comeback comeback() {
        return switch (this) {
            case heartline -> Comeback.afterPosition;
            case netty, node -> Comeback.fromNow;
            case nchan -> Comeback.lastEventId;
        };
    }
}
