package io.heartline.producer.like;

import com.fasterxml.uuid.Generators;
import com.fasterxml.uuid.NoArgGenerator;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.UUID;

/** Creates event ids. There is no state: for an idempotency key, every instance computes the same id. */
public final class EventIds {

    private static final UUID NAMESPACE = UUID.fromString("6f1d5a54-0a3f-4c0e-9a0b-3c8f5e2d7b19");

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
        return Generators.nameBasedGenerator(NAMESPACE, sha1())
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
