package io.heartline.bench.model;

/** A server that fans likes out to followers. */
public enum Target {
    /** The push gateway. */
    heartline,
    /** {@code NettyPeer}. */
    netty,
    /** {@code peers/node/server.js}. */
    node,
    /** nginx with nchan and {@code peers/nchan/nginx.conf}, fed by {@code NchanPublisher}. */
    nchan;

    /** Returns whether the server sends a first frame after the handshake; nchan does not. */
    public boolean greets() {
        return this != nchan;
    }

    /** Returns how its clients resume after a disconnection. */
    public ResumeStrategy resumeStrategy() {
        return switch (this) {
            case heartline -> ResumeStrategy.afterPosition;
            case netty, node -> ResumeStrategy.fromNow;
            case nchan -> ResumeStrategy.lastEventId;
        };
    }
}
