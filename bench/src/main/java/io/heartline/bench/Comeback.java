package io.heartline.bench;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/** What a client that was cut off can say of where it was, and where it has that from. */
enum Comeback {
    /** Nothing, and is told what is new. */
    fromNow(null, null, "", '"'),
    /** The gateway's way: every frame has a position. */
    afterPosition("after", null, "\"position\":\"", '"'),
    /** nchan's: with this subprotocol it puts an id of its own before every message. */
    lastEventId("last_event_id", "ws+meta.nchan", "id: ", '\n');

    private final String parameter;
    private final String subprotocol;
    private final byte[] before;
    private final char after;

    Comeback(String parameter, String subprotocol, String before, char after) {
        this.parameter = parameter;
        this.subprotocol = subprotocol;
        this.before = before.getBytes(StandardCharsets.US_ASCII);
        this.after = after;
    }

    /** To be offered in the handshake; null if there is none. */
    String subprotocol() {
        return subprotocol;
    }

    /** Where a client is by this frame; as before, if it does not say. */
    String position(ByteBuf frame, String before) {
        int from = parameter == null ? -1 : Due.behind(frame, frame.readerIndex(), this.before);
        if (from < 0) {
            return before;
        }
        int to = frame.indexOf(from, frame.writerIndex(), (byte) after);
        return frame.toString(from, to - from, StandardCharsets.US_ASCII);
    }

    /** @param position null if the client has been told nothing yet */
    String query(String position) {
        return parameter == null || position == null ? "" : "?" + parameter + "=" + position;
    }
}
