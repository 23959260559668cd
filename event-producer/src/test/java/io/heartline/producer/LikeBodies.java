package io.heartline.producer;

/** Bodies of likes, as apps send them. */
public final class LikeBodies {

    /** A line that is refused, because it has no author. */
    public static final String REFUSED_LINE = "{\"postId\":\"p-1\",\"likerId\":\"bob\"}\n";

    private LikeBodies() {}

    /**
     * Returns a like of the post {@code p-1}.
     *
     * @param author id of the author
     * @param liker id of the liker
     * @return JSON without a line end
     */
    public static String like(String author, String liker) {
        return "{\"postId\":\"p-1\",\"authorId\":\"" + author + "\",\"likerId\":\"" + liker + "\"}";
    }

    /**
     * Returns lines of likes for a hundred authors. Their likers are numbered consecutively.
     *
     * @param from number of the first liker
     * @param count number of lines
     * @return NDJSON
     */
    public static String lines(int from, int count) {
        StringBuilder lines = new StringBuilder();
        for (int i = from; i < from + count; i++) {
            lines.append(like("author-" + i % 100, "liker-" + i)).append('\n');
        }
        return lines.toString();
    }
}
