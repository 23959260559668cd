package io.heartline.producer.like;

import com.fasterxml.uuid.Generators;
import com.fasterxml.uuid.NoArgGenerator;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Creates event ids. There is no state: for an idempotency key, every instance computes the same id. */
public final class EventIds {

    private static final UUID NAMESPACE = UUID.fromString("6f1d5a54-0a3f-4c0e-9a0b-3c8f5e2d7b19");

    /** Separate from the ids of bodies, so that no body gives the id of a like in a URL. */
    private static final UUID URL_NAMESPACE = UUID.fromString("0c6c1f7e-5d0b-4b57-8f0e-92a4d1b36c58");

    private static final LikeField[] URL_FIELDS = {
        LikeField.TYPE, LikeField.POST_ID, LikeField.AUTHOR_ID, LikeField.LIKER_ID, LikeField.AT
    };

    private static final int ABSENT = -1; // no value has this length

    private final NoArgGenerator timeBased = Generators.timeBasedEpochGenerator();

    /**
     * Returns a new id.
     *
     * @return a UUID of version 7
     */
    public String newId() {
        return timeBased.generate().toString();
    }

    /**
     * Returns the same id for the same caller, key and body, and another id if one of them differs.
     *
     * @param caller name of the caller
     * @param key idempotency key of the like
     * @param bytes array that contains the body
     * @param offset index of the body's first byte
     * @param length number of bytes of the body
     * @return a UUID of version 5 (RFC 9562, 5.5)
     */
    public String keyedId(String caller, IdempotencyKey key, byte[] bytes, int offset, int length) {
        byte[] callerBytes = caller.getBytes(StandardCharsets.UTF_8);
        byte[] keyBytes = key.value().getBytes(StandardCharsets.US_ASCII);
        ByteBuffer name = ByteBuffer.allocate(2 * Integer.BYTES + callerBytes.length + keyBytes.length + length)
                .putInt(callerBytes
                        .length) // lengths come first, so that a caller cannot shift bytes between caller, key and body
                .put(callerBytes)
                .putInt(keyBytes.length)
                .put(keyBytes)
                .put(bytes, offset, length);
        return keyedId(NAMESPACE, name);
    }

    /**
     * Returns the same id for the same caller, key and like in a URL, and another id if one of them differs. It is never the id of a
     * body.
     *
     * @param caller name of the caller
     * @param key idempotency key of the like
     * @param fields the like; its {@code at} counts as it is given, or by its absence
     * @return a UUID of version 5
     */
    String keyedId(String caller, IdempotencyKey key, LikeFields fields) {
        List<byte @Nullable []> parts = new ArrayList<>();
        parts.add(caller.getBytes(StandardCharsets.UTF_8));
        parts.add(key.value().getBytes(StandardCharsets.US_ASCII));
        for (LikeField field : URL_FIELDS) {
            String value = fields.get(field);
            parts.add(value == null ? null : value.getBytes(StandardCharsets.UTF_8));
        }
        int length = parts.stream()
                .mapToInt(part -> Integer.BYTES + (part == null ? 0 : part.length))
                .sum();
        ByteBuffer name = ByteBuffer.allocate(length);
        for (byte @Nullable [] part : parts) {
            name.putInt(part == null ? ABSENT : part.length);
            if (part != null) {
                name.put(part);
            }
        }
        return keyedId(URL_NAMESPACE, name);
    }

    private static String keyedId(UUID namespace, ByteBuffer name) {
        return Generators.nameBasedGenerator(namespace, sha1())
                .generate(name.array())
                .toString();
    }

    private static MessageDigest sha1() {
        try {
            return MessageDigest.getInstance("SHA-1");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-1", e);
        }
    }
}
