package io.heartline.web;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Well-formed tokens that no key has signed. */
public final class UnsignedTokens {

    private static final String PAYLOAD_AND_SIGNATURE =
            new TestIssuer().token("mallory", "things:write").replaceFirst("^[^.]*", "");

    private UnsignedTokens() {}

    /**
     * Returns a token whose header names a key.
     *
     * @param id value of {@code kid}
     * @return the token, whose signature is invalid
     */
    public static String ofKey(String id) {
        return withHead("{\"alg\":\"RS256\",\"kid\":\"" + id + "\"}");
    }

    /**
     * Returns a token with a given header.
     *
     * @param json the header, not encoded
     * @return the token, whose signature is invalid
     */
    public static String withHead(String json) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(json.getBytes(StandardCharsets.UTF_8))
                + PAYLOAD_AND_SIGNATURE;
    }
}
