package io.heartline.producer;

/** Bodies of likes, as apps send them. */
public final class LikeBodies {

    /** A line that is refused, because it has no author. */
    public static final String REFUSED_LINE = "{\"postId\":\"p-1\",\"likerId\":\"bob\"}\n";

    private LikeBodies() {}

    public static String like(String author, String liker) {
        return "{\"postId\":\"p-1\",\"authorId\":\"" + author + "\",\"likerId\":\"" + liker + "\"}";
    }

    /** Returns lines of likes for a hundred authors. Their likers are numbered consecutively. */
    public static String lines(int from, int count) {
        StringBuilder lines = new StringBuilder();
        for (int i = from; i < from + count; i++) {
            lines.append(like("author-" + i % 100, "liker-" + i)).append('\n');
        }
        return lines.toString();
    }
}
