package io.heartline.producer;

/** Likes as apps send them. */
public final class LikeBodies {

    private LikeBodies() {}

    public static String like(String author, String liker) {
        return "{\"postId\":\"p-1\",\"authorId\":\"" + author + "\",\"likerId\":\"" + liker + "\"}";
    }

    /** So many lines, of a hundred authors, whose likers are numbered from one on. */
    public static String lines(int from, int count) {
        StringBuilder lines = new StringBuilder();
        for (int i = from; i < from + count; i++) {
            lines.append(like("author-" + i % 100, "liker-" + i)).append('\n');
        }
        return lines.toString();
    }
}
