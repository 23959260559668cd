package io.heartline.producer.like;

import com.fasterxml.uuid.Generators;
import com.fasterxml.uuid.NoArgGenerator;
import io.heartline.events.EventTime;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Creates event ids. There is no state: for an idempotency key, every instance computes the same id. Bodies, URLs and CloudEvents
 * have a namespace each, so that none gives the id of another one.
 */
public final class EventIds {

    private static final UUID BODIES = UUID.fromString("6f1d5a54-0a3f-4c0e-9a0b-3c8f5e2d7b19");
    private static final UUID URLS = UUID.fromString("0c6c1f7e-5d0b-4b57-8f0e-92a4d1b36c58");
    private static final UUID CLOUD_EVENTS = UUID.fromString("b7c1f0de-52a9-4d0b-8e6d-1f6f3a9c7e44");

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
        return nameBased(BODIES, name);
    }

    /**
     * Returns the same id for the same caller, key and like in a URL, and another id if one of them differs.
     *
     * @param caller name of the caller
     * @param key idempotency key of the like
     * @param fields the like; its {@code at} counts as it is given, or by its absence
     * @return a UUID of version 5
     */
    String keyedId(String caller, IdempotencyKey key, LikeFields fields) {
        List<@Nullable String> parts = new ArrayList<>(List.of(caller, key.value()));
        for (LikeField field : URL_FIELDS) {
            parts.add(fields.get(field));
        }
        return nameBased(URLS, parts);
    }

    /**
     * Returns the same id for the same caller, CloudEvent and like, and another id if one of them differs. The form of the
     * CloudEvent does not matter.
     *
     * @param caller name of the caller
     * @param source the CloudEvent's {@code source}
     * @param id the CloudEvent's {@code id}
     * @param like the like
     * @param hasTime whether the client has sent the like's time; otherwise its time does not count
     * @return a UUID of version 5
     */
    String cloudEventId(String caller, String source, String id, ParsedLike like, boolean hasTime) {
        String time = hasTime ? EventTime.format(like.at()) : "";
        return nameBased(
                CLOUD_EVENTS,
                List.of(caller, source, id, like.type(), like.postId(), like.authorId(), like.likerId(), time));
    }

    /** Returns the id of texts, each of which counts with its length. */
    private static String nameBased(UUID namespace, List<@Nullable String> parts) {
        List<byte @Nullable []> encoded = new ArrayList<>();
        int length = 0;
        for (String part : parts) {
            byte[] bytes = part == null ? null : part.getBytes(StandardCharsets.UTF_8);
            encoded.add(bytes);
            length += Integer.BYTES + (bytes == null ? 0 : bytes.length);
        }
        ByteBuffer name = ByteBuffer.allocate(length);
        for (byte @Nullable [] bytes : encoded) {
            name.putInt(bytes == null ? ABSENT : bytes.length);
            if (bytes != null) {
                name.put(bytes);
            }
        }
        return nameBased(namespace, name);
    }

    private static String nameBased(UUID namespace, ByteBuffer name) {
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
