package io.heartline.gateway.http;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A message of a client on a WebSocket. Its identifiers, position and time are not checked yet. */
sealed interface ClientMessage {

    /**
     * Adds an author.
     *
     * @param author the author
     * @param after the position after which the author's events start; null if it is not given
     * @param since the time from which they start; null if it is not given
     */
    record Follow(
            String author, @Nullable String after, @Nullable String since) implements ClientMessage {}

    /**
     * Removes an author.
     *
     * @param author the author
     */
    record Unfollow(String author) implements ClientMessage {}

    /**
     * Replaces the token of the connection.
     *
     * @param token the new token
     */
    record Token(String token) implements ClientMessage {

        /** Returns no part of the token, because the text may be logged. */
        @Override
        public String toString() {
            return "Token";
        }
    }

    /**
     * Parses the text of a message.
     *
     * @param text at most 16 KiB
     * @return the message; null if the text is no JSON object of a known kind with its fields
     */
    static @Nullable ClientMessage parse(String text) {
        JsonNode message;
        try {
            message = Json.MAPPER.readTree(text);
        } catch (JacksonException e) {
            return null;
        }
        String author = message.path("author").stringValue(null);
        String token = message.path("token").stringValue(null);
        return switch (message.path("kind").stringValue("")) {
            case "follow" -> author == null ? null : new Follow(author, text(message, "after"), text(message, "since"));
            case "unfollow" -> author == null ? null : new Unfollow(author);
            case "token" -> token == null ? null : new Token(token);
            default -> null;
        };
    }

    /** Returns a field as text. A field that is no string is returned as JSON, which is neither a position nor a time. */
    private static @Nullable String text(JsonNode message, String field) {
        JsonNode value = message.path(field);
        return value.isMissingNode() || value.isNull() ? null : value.stringValue(value.toString());
    }

    /** The parser of messages. */
    final class Json {

        private static final int MAX_DEPTH = 16;

        private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                        .streamReadConstraints(StreamReadConstraints.builder()
                                .maxNestingDepth(MAX_DEPTH)
                                .build())
                        .build())
                .build();

        private Json() {}
    }
}
