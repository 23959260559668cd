package io.heartline.bench;

/** What likes are fanned out by. */
enum Target {
    /** The push gateway. */
    heartline,
    /** {@link NettyPeer}. */
    netty,
    /** {@code peers/node}. */
    node
}
