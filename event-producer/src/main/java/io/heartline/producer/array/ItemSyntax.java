package io.heartline.producer.array;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/** Checks that an item is one JSON value, of any type and any depth. */
final class ItemSyntax {

    /** An item has a maximum size, so its depth and the lengths in it need no other limits. */
    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(Integer.MAX_VALUE)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private static final int WELL_FORMED = -1;

    private ItemSyntax() {}

    /**
     * Returns where an item is malformed.
     *
     * @param length number of bytes, 1 or more
     * @return index of the malformed byte, relative to the offset; -1 if the item is well-formed
     */
    static int malformedAt(byte[] bytes, int offset, int length) {
        for (int i = 0; i < Math.min(4, length); i++) {
            if (bytes[offset + i] == 0) {
                return i; // Jackson would take the item for UTF-16 or UTF-32
            }
        }
        try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), bytes, offset, length)) {
            json.nextToken();
            json.skipChildren();
            json.finishToken(); // a parser leaves out strings until their text is needed
            return json.nextToken() == null
                    ? WELL_FORMED
                    : (int) json.currentTokenLocation().getByteOffset();
        } catch (JacksonException e) {
            return e.getLocation() == null
                    ? 0
                    : Math.min(length - 1, (int) e.getLocation().getByteOffset());
        }
    }
}
