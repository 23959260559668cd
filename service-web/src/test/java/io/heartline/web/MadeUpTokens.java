package io.heartline.web;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Well-formed tokens that no key has signed. */
final class MadeUpTokens {

    private static final String REST =
            new TestIssuer().token("mallory", "things:write").replaceFirst("^[^.]*", "");

    private MadeUpTokens() {}

    static String ofKey(String id) {
        return withHead("{\"alg\":\"RS256\",\"kid\":\"" + id + "\"}");
    }

    static String withHead(String json) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(json.getBytes(StandardCharsets.UTF_8)) + REST;
    }
}
