package io.heartline.reports.webhook;

import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Signs messages as the Standard Webhooks specification 1.0.0 defines it: HMAC-SHA256, with each of several secrets. Thread-safe. */
final class Signer {

    private static final String ALGORITHM = "HmacSHA256";
    private static final String PREFIX = "whsec_";
    private static final int MIN_BYTES = 24;
    private static final int MAX_BYTES = 64;

    private final List<SecretKeySpec> keys;

    private Signer(List<SecretKeySpec> keys) {
        this.keys = keys;
    }

    /**
     * Parses secrets. Each is Base64 of 24 to 64 bytes, with or without {@code whsec_} before it.
     *
     * @param setting the name of the setting, for messages
     * @param texts each has one or more secrets, separated by white space
     * @throws IllegalArgumentException if there is no secret, or one is malformed; the message contains no part of a secret
     */
    static Signer parse(String setting, List<String> texts) {
        List<String> secrets = texts.stream()
                .flatMap(text -> Arrays.stream(text.split("\\s+")))
                .filter(secret -> !secret.isEmpty())
                .toList();
        if (secrets.isEmpty()) {
            throw new IllegalArgumentException(setting + " is not set, and a webhook needs it: whsec_ and Base64 of "
                    + MIN_BYTES + " to " + MAX_BYTES + " bytes. Make one: echo whsec_$(openssl rand -base64 32)");
        }
        List<SecretKeySpec> keys = new ArrayList<>();
        for (int i = 0; i < secrets.size(); i++) {
            String name = secrets.size() == 1 ? setting : setting + ": number " + (i + 1);
            keys.add(new SecretKeySpec(decode(name, secrets.get(i)), ALGORITHM));
        }
        return new Signer(keys);
    }

    private static byte[] decode(String name, String secret) {
        String expected = " must be whsec_ and Base64 of " + MIN_BYTES + " to " + MAX_BYTES + " bytes";
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(secret.startsWith(PREFIX) ? secret.substring(PREFIX.length()) : secret);
        } catch (IllegalArgumentException e) { // its message shows a part of the value
            throw new IllegalArgumentException(name + expected + ", and is not Base64");
        }
        if (bytes.length < MIN_BYTES || bytes.length > MAX_BYTES) {
            throw new IllegalArgumentException(name + expected + ", and has " + bytes.length);
        }
        return bytes;
    }

    /**
     * Returns the value of the header {@code webhook-signature}: a signature for each secret, separated by spaces.
     *
     * @param id the message's; without a full stop
     * @param timestamp in seconds since 1970
     * @param body exactly the bytes that are sent
     */
    String sign(String id, long timestamp, byte[] body) {
        byte[] start = (id + "." + timestamp + ".").getBytes(StandardCharsets.UTF_8);
        return keys.stream().map(key -> "v1," + hmac(key, start, body)).collect(Collectors.joining(" "));
    }

    private static String hmac(SecretKeySpec key, byte[] start, byte[] body) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            mac.update(start);
            return Base64.getEncoder().encodeToString(mac.doFinal(body));
        } catch (NoSuchAlgorithmException | InvalidKeyException e) { // every JVM has it, and takes any key
            throw new IllegalStateException(e);
        }
    }
}
