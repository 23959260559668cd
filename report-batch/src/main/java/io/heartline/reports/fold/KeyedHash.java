package io.heartline.reports.fold;

import com.google.common.hash.HashFunction;
import com.google.common.hash.Hashing;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A keyed hash of likers and of (post, liker) pairs: SipHash-2-4. Without the secret, ids cannot be chosen by their hashes, and
 * the id of a stored hash cannot be found. HMAC-SHA-256 derives a key for likers and another one for pairs from the secret.
 * Thread-safe.
 */
public final class KeyedHash {

    /** The name of the hash function in the database's settings. */
    public static final String NAME = "siphash-2-4";

    /** Base64 of a secret for development only. It is published here, so it protects nothing. */
    public static final String DEVELOPMENT_SECRET = "aGVhcnRsaW5lIGRldmVsb3BtZW50IGtleSwgbm90IGEgc2VjcmV0";

    /** The minimum length of a secret, in bytes. */
    public static final int MIN_SECRET_BYTES = 16;

    private static final String DERIVATION_ALGORITHM = "HmacSHA256";
    private static final int CHECK_VALUE_BYTES = 8;

    private final HashFunction likers;
    private final HashFunction pairs;
    private final String checkValue;

    /**
     * Derives the keys.
     *
     * @param secret at least {@link #MIN_SECRET_BYTES} bytes
     * @throws IllegalArgumentException if the secret is shorter
     */
    public KeyedHash(byte[] secret) {
        if (secret.length < MIN_SECRET_BYTES) {
            throw new IllegalArgumentException("a secret has at least " + MIN_SECRET_BYTES + " bytes");
        }
        likers = sipHash(deriveKey(secret, "likers"));
        pairs = sipHash(deriveKey(secret, "pairs"));
        checkValue = HexFormat.of().formatHex(deriveKey(secret, "check"), 0, CHECK_VALUE_BYTES);
    }

    /**
     * Returns the hash under {@link #DEVELOPMENT_SECRET}.
     *
     * @return the hash, for development only
     */
    public static KeyedHash development() {
        return new KeyedHash(Base64.getDecoder().decode(DEVELOPMENT_SECRET));
    }

    private static byte[] deriveKey(byte[] secret, String purpose) {
        try {
            Mac mac = Mac.getInstance(DERIVATION_ALGORITHM);
            mac.init(new SecretKeySpec(secret, DERIVATION_ALGORITHM));
            return mac.doFinal(purpose.getBytes(StandardCharsets.US_ASCII));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + DERIVATION_ALGORITHM, e);
        }
    }

    private static HashFunction sipHash(byte[] key) {
        ByteBuffer halves = ByteBuffer.wrap(key);
        return Hashing.sipHash24(halves.getLong(), halves.getLong());
    }

    /**
     * Returns the check value of the secret, by which instances compare their secrets. It is a part of an HMAC, so it
     * reveals neither the secret nor a key.
     *
     * @return 16 hexadecimal digits
     */
    public String checkValue() {
        return checkValue;
    }

    /**
     * Returns the hash of a liker.
     *
     * @param likerId the liker
     * @return 64 bits
     */
    public long hashLiker(String likerId) {
        return likers.hashBytes(likerId.getBytes(StandardCharsets.UTF_8)).asLong();
    }

    /**
     * Returns the hash of a pair.
     *
     * @param liker the liker's hash; it comes first and always has 64 bits, so different pairs never have the same
     *     bytes
     */
    long hashPair(String postId, long liker) {
        return pairs.newHasher()
                .putLong(liker)
                .putBytes(postId.getBytes(StandardCharsets.UTF_8))
                .hash()
                .asLong();
    }
}
