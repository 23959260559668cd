package io.heartline.bench.model;

import io.netty.buffer.ByteBuf;

/** How a client that was disconnected resumes: which part of a frame is its position, and how it sends it. */
public enum ResumeStrategy {
    /** The client sends nothing, and receives only new likes. */
    fromNow(null, null, "", '"'),
    /** The gateway's: every frame contains a position. */
    afterPosition("after", null, "\"position\":\"", '"'),
    /** nchan's: with this subprotocol it puts an id of its own before every message. */
    lastEventId("last_event_id", "ws+meta.nchan", "id: ", '\n');

    private final String parameter;
    private final String subprotocol;
    private final byte[] before;
    private final char end;

    ResumeStrategy(String parameter, String subprotocol, String before, char end) {
        this.parameter = parameter;
        this.subprotocol = subprotocol;
        this.before = FrameText.ascii(before);
        this.end = end;
    }

    /** Returns the subprotocol to offer in the handshake; null for none. */
    public String subprotocol() {
        return subprotocol;
    }

    /** Returns the position in a frame, or the one before if the frame has none. */
    public String position(ByteBuf frame, String before) {
        int from = parameter == null ? -1 : FrameText.after(frame, frame.readerIndex(), this.before);
        return from < 0 ? before : FrameText.upTo(frame, from, end);
    }

    /** @param position null before the first frame */
    public String query(String position) {
        return parameter == null || position == null ? "" : "?" + parameter + "=" + position;
    }
}
