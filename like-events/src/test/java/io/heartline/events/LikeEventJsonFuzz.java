package io.heartline.events;

import static io.heartline.events.FuzzTestBase.require;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The topic may contain any bytes. The event that is read from them equals a whole tree of the same JSON. */
public final class LikeEventJsonFuzz {

    private static final JsonMapper TREES = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNumberLength(1_000_000)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    private static final String[] FIELDS = {"id", "type", "postId", "authorId", "likerId", "at"};

    private LikeEventJsonFuzz() {}

    /**
     * Checks one value of a record.
     *
     * @param value any bytes
     */
    public static void fuzzerTestOneInput(byte[] value) {
        JsonNode tree = tree(value);
        String author = tree == null ? null : tree.path("authorId").stringValue(null);
        byte[] key = (author == null ? "alice" : author).getBytes(StandardCharsets.UTF_8);
        requireSameAsParser(value);
        try {
            LikeEvent event = LikeEventJson.decode(key, value);
            require(tree != null, "what JSON does not allow is no event");
            requireSame(event, tree);
            requireRoundTrip(event, key);
        } catch (NotALikeEventException e) {
            require(e.getMessage().length() < 200, "the reason quotes nothing of the record");
            require(tree == null || !isEvent(tree) || hasTwice(value), "an event is read");
        }
    }

    /** Most records are read without a parser, which must read the same event from them. */
    private static void requireSameAsParser(byte[] value) {
        LikeEvent canonical = CanonicalJson.read(value);
        try {
            require(canonical == null || canonical.equals(LikeEventJson.parse(value)), "the parser reads the same");
        } catch (NotALikeEventException e) {
            require(false, "the parser reads an event, too");
        }
    }

    private static void requireSame(LikeEvent event, JsonNode tree) {
        String[] values = {
            event.id(),
            event.type(),
            event.postId(),
            event.authorId(),
            event.likerId(),
            event.at().toString()
        };
        for (int i = 0; i < FIELDS.length - 1; i++) {
            require(
                    values[i].equals(tree.path(FIELDS[i]).stringValue(null)),
                    "it has the " + FIELDS[i] + " that JSON has");
        }
        require(event.at().equals(EventTime.parse(tree.path("at").stringValue(null))), "it was then");
    }

    private static void requireRoundTrip(LikeEvent event, byte[] key) throws NotALikeEventException {
        byte[] canonical = LikeEventJson.encode(event);
        require(LikeEventJson.decode(key, canonical).equals(event), "a written value is read");
        require(
                Arrays.equals(canonical, LikeEventJson.encode(LikeEventJson.decode(key, canonical))),
                "there is one form");
        try {
            LikeEventJson.decode((event.authorId() + "x").getBytes(StandardCharsets.UTF_8), canonical);
            require(false, "the key is the author");
        } catch (NotALikeEventException e) {
            // as it should be
        }
    }

    private static boolean isEvent(JsonNode tree) {
        for (String field : FIELDS) {
            if (!tree.path(field).isString()) {
                return false;
            }
        }
        try {
            EventTime.parse(tree.path("at").stringValue());
        } catch (IllegalArgumentException e) {
            return false;
        }
        String type = tree.path("type").stringValue();
        return (type.equals(Liked.TYPE) || type.equals(Unliked.TYPE))
                && Identifier.isValid(tree.path("id").stringValue())
                && Identifier.isValid(tree.path("postId").stringValue())
                && Identifier.isValid(tree.path("authorId").stringValue())
                && Identifier.isValid(tree.path("likerId").stringValue());
    }

    /** Returns whether a name occurs twice. A tree keeps only the last value, so it hides an earlier value that is no string. */
    private static boolean hasTwice(byte[] value) {
        try {
            TREES.reader().with(StreamReadFeature.STRICT_DUPLICATE_DETECTION).readTree(value);
            return false;
        } catch (JacksonException e) {
            return true;
        }
    }

    private static JsonNode tree(byte[] value) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(value))
                    .toString();
            JsonNode tree = text.startsWith("{") ? TREES.readTree(text) : null;
            return tree != null && tree.isObject() ? tree : null;
        } catch (CharacterCodingException | JacksonException e) {
            return null;
        }
    }
}
