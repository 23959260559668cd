package io.heartline.web;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Well-formed tokens that no key has signed. */
public final class UnsignedTokens {

    private static final String PAYLOAD_AND_SIGNATURE =
            new TestIssuer().token("mallory", "things:write").replaceFirst("^[^.]*", "");

    private UnsignedTokens() {}

    public static String ofKey(String id) {
        return withHead("{\"alg\":\"RS256\",\"kid\":\"" + id + "\"}");
    }

    public static String withHead(String json) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(json.getBytes(StandardCharsets.UTF_8))
                + PAYLOAD_AND_SIGNATURE;
    }
}
