package io.heartline.producer.array;

import io.heartline.events.LikeEvent;
import io.heartline.events.Position;
import io.heartline.producer.like.Problem;
import io.heartline.producer.like.RefusedException;
import io.heartline.producer.like.ResultJson;
import org.jspecify.annotations.Nullable;

/** One item of an array: its event, or its refusal, and the result. Any thread may settle it. */
final class ArrayItem {

    private final @Nullable LikeEvent event;
    private @Nullable Position position;
    private @Nullable RefusedException refusal;

    private ArrayItem(@Nullable LikeEvent event, @Nullable RefusedException refusal) {
        this.event = event;
        this.refusal = refusal;
    }

    /** Returns an item that is not settled. */
    static ArrayItem of(LikeEvent event) {
        return new ArrayItem(event, null);
    }

    /** Returns an item that is settled, because it is not a like. */
    static ArrayItem refused(RefusedException refusal) {
        return new ArrayItem(null, refusal);
    }

    /** Returns the event to append; null if the item is not a like. */
    @Nullable
    LikeEvent event() {
        return event;
    }

    /**
     * Sets the result. One of the parameters is null.
     *
     * @param position position of the like, if Kafka has acknowledged it
     * @param refusal why the like is not known to be in the log
     * @return false if the item was settled before; then its result is unchanged
     */
    synchronized boolean settle(@Nullable Position position, @Nullable RefusedException refusal) {
        if (this.position != null || this.refusal != null) {
            return false;
        }
        this.position = position;
        this.refusal = refusal;
        return true;
    }

    /** Returns the refusal of a settled item; null if it was accepted. */
    synchronized @Nullable RefusedException refusal() {
        return refusal;
    }

    /** Writes the result of a settled item as a JSON object. */
    synchronized void writeResult(StringBuilder out) {
        out.append('{');
        if (refusal == null) {
            ResultJson.writeAccepted(event.id(), position, out);
        } else {
            ResultJson.writeRefused(Problem.of(refusal), out);
        }
        out.append('}');
    }
}
