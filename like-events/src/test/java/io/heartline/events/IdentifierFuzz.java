package io.heartline.events;

import static io.heartline.events.FuzzTestBase.require;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import tools.jackson.databind.json.JsonMapper;

/** An id matches the contract's expression, and needs no escaping in JSON and in a URL. */
public final class IdentifierFuzz {

    private static final Pattern FORM = Pattern.compile("(?!\\.{1,2}\\z)[A-Za-z0-9._:@|+~=-]{1,128}");

    private IdentifierFuzz() {}

    /**
     * Checks one id.
     *
     * @param input the text in UTF-8
     */
    public static void fuzzerTestOneInput(byte[] input) {
        String id = new String(input, StandardCharsets.UTF_8);
        boolean isValid = Identifier.isValid(id);
        require(isValid == FORM.matcher(id).matches(), "the contract's expression has the same result");
        if (isValid) {
            require(JsonMapper.shared().writeValueAsString(id).equals('"' + id + '"'), "JSON has it as it is");
            // java.net.URI is of 1998 and would have | escaped, which no client in use does
            URI url = URI.create("http://localhost/v1/authors/" + id.replace('|', '-') + "/likes");
            require(url.normalize().equals(url), "no segment of a path is left out");
            require(url.getPath().equals("/v1/authors/" + id.replace('|', '-') + "/likes"), "a path has it as it is");
        }
    }
}
