package io.heartline.events;

/**
 * The rule for event, post, author and liker ids: {@code [A-Za-z0-9._:@|+~=-]{1,128}}, and neither {@code .} nor
 * {@code ..}. Such an id needs no escaping in JSON, in a URL's path, in a log line or in a MongoDB key.
 */
public final class Identifier {

    /** The maximum length of an id, in characters. */
    public static final int MAX_LENGTH = 128;

    /** The rule in words: the end of a sentence that begins with the name of a field. */
    public static final String RULE = "must be 1 to 128 characters of A-Z a-z 0-9 . _ : @ | + ~ = - and not . or ..";

    private static final boolean[] ALLOWED = new boolean[128];

    static {
        for (char c = 'a'; c <= 'z'; c++) {
            ALLOWED[c] = true;
            ALLOWED[c - 'a' + 'A'] = true;
        }
        for (char c : "0123456789._:@|+~=-".toCharArray()) {
            ALLOWED[c] = true;
        }
    }

    private Identifier() {}

    /**
     * Returns whether a text is an id.
     *
     * @param id a text, or null
     * @return false for null
     */
    public static boolean isValid(String id) {
        if (id == null || id.isEmpty() || id.length() > MAX_LENGTH) {
            return false;
        }
        for (int i = 0; i < id.length(); i++) {
            char c = id.charAt(i);
            if (c >= ALLOWED.length || !ALLOWED[c]) {
                return false;
            }
        }
        return !id.equals(".") && !id.equals("..");
    }

    /** Returns whether a byte of ASCII is a character that an id may have. */
    static boolean isAllowed(byte character) {
        return character >= 0 && ALLOWED[character];
    }

    static void require(String field, String id) {
        if (!isValid(id)) {
            throw new IllegalArgumentException(field + " " + RULE);
        }
    }
}
