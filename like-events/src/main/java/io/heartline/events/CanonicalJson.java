package io.heartline.events;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads the form that {@link LikeEventJson#encode} writes, without a JSON parser, which takes more than twice as long. Nearly every
 * record of the topic has this form.
 */
final class CanonicalJson {

    private static final byte[] BEFORE_ID = ascii("{\"id\":\"");
    private static final byte[] BEFORE_POST_LIKED = ascii("\",\"type\":\"liked\",\"postId\":\"");
    private static final byte[] BEFORE_POST_UNLIKED = ascii("\",\"type\":\"unliked\",\"postId\":\"");
    private static final byte[] BEFORE_AUTHOR = ascii("\",\"authorId\":\"");
    private static final byte[] BEFORE_LIKER = ascii("\",\"likerId\":\"");
    private static final byte[] BEFORE_AT = ascii("\",\"at\":\"");
    private static final byte[] END = ascii("\"}");

    private final byte[] json;
    private int position;

    private CanonicalJson(byte[] json) {
        this.json = json;
    }

    /**
     * Reads an event.
     *
     * @param json the value of a record
     * @return null if the value has another form, which may be an event as well
     */
    static LikeEvent read(byte[] json) {
        return new CanonicalJson(json).read();
    }

    private LikeEvent read() {
        if (!skip(BEFORE_ID)) {
            return null;
        }
        String id = identifier();
        boolean liked = skip(BEFORE_POST_LIKED);
        if (!liked && !skip(BEFORE_POST_UNLIKED)) {
            return null;
        }
        String postId = identifier();
        if (!skip(BEFORE_AUTHOR)) {
            return null;
        }
        String authorId = identifier();
        if (!skip(BEFORE_LIKER)) {
            return null;
        }
        String likerId = identifier();
        if (!skip(BEFORE_AT) || json.length - position != EventTime.LENGTH + END.length) {
            return null;
        }
        String at = text(position, position + EventTime.LENGTH);
        position += EventTime.LENGTH;
        if (!skip(END)) {
            return null;
        }
        try {
            return liked
                    ? new Liked(id, postId, authorId, likerId, EventTime.parse(at))
                    : new Unliked(id, postId, authorId, likerId, EventTime.parse(at));
        } catch (IllegalArgumentException e) {
            return null; // the parser of other forms reports the reason
        }
    }

    private boolean skip(byte[] text) {
        int end = position + text.length;
        if (end > json.length || !Arrays.equals(json, position, end, text, 0, text.length)) {
            return false;
        }
        position = end;
        return true;
    }

    /** Reads all characters that an identifier may have. The caller has to check the character that follows. */
    private String identifier() {
        int start = position;
        while (position < json.length && Identifier.isAllowed(json[position])) {
            position++;
        }
        return text(start, position);
    }

    /** Returns text of ASCII. If the bytes are not ASCII, the text is neither an identifier nor a time. */
    private String text(int start, int end) {
        return new String(json, start, end - start, StandardCharsets.ISO_8859_1);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
