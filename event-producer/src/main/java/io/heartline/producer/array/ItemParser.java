package io.heartline.producer.array;

import io.heartline.events.LikeEvent;
import io.heartline.producer.like.EventFactory;
import io.heartline.producer.like.IngestRequest;
import io.heartline.producer.like.RefusedException;

/** Creates the event of one item, for example {@link EventFactory#ofItem}. */
@FunctionalInterface
public interface ItemParser {

    /**
     * Creates the event of an item. Any number of threads may call it.
     *
     * @param request the request of the array
     * @param number number of the item, starting at 1
     * @param bytes array that contains the item
     * @param offset index of its first byte
     * @param length number of its bytes, without surrounding whitespace
     * @return the event
     * @throws RefusedException if the item is not valid. It may be malformed JSON, too.
     */
    LikeEvent parse(IngestRequest request, long number, byte[] bytes, int offset, int length);
}
