package io.heartline.gateway;

import io.heartline.events.Position;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What one reader missed, added up. Its sums are exact; of very many posts it ranks those it met first. */
final class Digest {

    private static final int POSTS = 1_000;
    private static final int TOP = 10;

    private final Map<String, Long> likedByPost = new HashMap<>();
    private final Position from;
    private Position to;
    private long liked;
    private long unliked;

    /** @param from the last position the reader was told of, exclusive */
    Digest(Position from) {
        this.from = from;
    }

    void add(Entry entry) {
        to = entry.frame().position();
        if (!entry.liked()) {
            unliked++;
            return;
        }
        liked++;
        if (likedByPost.size() < POSTS || likedByPost.containsKey(entry.postId())) {
            likedByPost.merge(entry.postId(), 1L, Long::sum);
        }
    }

    /** Events that it stands for. */
    long events() {
        return liked + unliked;
    }

    Frame frame() {
        List<Map.Entry<String, Long>> top = likedByPost.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(Map.Entry.comparingByKey()))
                .limit(TOP)
                .toList();
        return Frame.digest(from, to, liked, unliked, top);
    }
}
