package io.heartline.reports.live;

import io.heartline.events.Position;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** The server-sent events of live reports, as bytes that any number of clients share. */
final class LiveEvent {

    /** The last event of a stream whose token has expired. */
    static final byte[] EXPIRED = encode(null, "expired", "{}");

    private LiveEvent() {}

    /** @param json the report, without line breaks */
    static byte[] report(String through, byte[] json) {
        byte[] head = ("id: " + through + "\nevent: report\ndata: ").getBytes(StandardCharsets.US_ASCII);
        byte[] event = new byte[head.length + json.length + 2];
        System.arraycopy(head, 0, event, 0, head.length);
        System.arraycopy(json, 0, event, head.length, json.length);
        event[event.length - 2] = '\n';
        event[event.length - 1] = '\n';
        return event;
    }

    /** Returns the event which states that all records up to a position are included. */
    static byte[] through(Position through) {
        return encode(through.toString(), "through", "{\"through\":\"" + through + "\"}");
    }

    /**
     * Returns the event which states that later records may be missing, because Kafka does not deliver them.
     *
     * @param since the records that were logged before this time are included
     */
    static byte[] stale(Instant since) {
        return encode(null, "stale", "{\"since\":\"" + since.truncatedTo(ChronoUnit.MILLIS) + "\"}");
    }

    private static byte[] encode(String id, String name, String json) {
        return ((id == null ? "" : "id: " + id + '\n') + "event: " + name + "\ndata: " + json + "\n\n")
                .getBytes(StandardCharsets.US_ASCII);
    }
}
