package io.heartline.gateway.kafka.replay;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The keys of authors, which recognize the authors' records among all records of a partition. A page examines up to 20,000
 * records, so no record's key is decoded.
 */
@FunctionalInterface
interface AuthorKeys {

    /**
     * Returns the author of a record.
     *
     * @param key the record's key; null if it has none
     * @return the author; null if the record is of another author
     */
    @Nullable
    String authorOf(byte @Nullable [] key);

    /** @param authors at least one */
    static AuthorKeys of(Set<String> authors) {
        if (authors.size() == 1) {
            String author = authors.iterator().next();
            byte[] only = bytes(author);
            return key -> Arrays.equals(key, only) ? author : null;
        }
        Map<ByteBuffer, String> byKey = new HashMap<>();
        authors.forEach(author -> byKey.put(ByteBuffer.wrap(bytes(author)), author));
        return key -> key == null ? null : byKey.get(ByteBuffer.wrap(key));
    }

    private static byte[] bytes(String author) {
        return author.getBytes(StandardCharsets.UTF_8);
    }
}
