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

    private final Map<String, Likes> byPost = new HashMap<>();
    private final Position from;
    private Position to;
    private long liked;
    private long unliked;

    /** Of a post; one of these is changed for each event, rather than a number put in another's place. */
    private static final class Likes {

        private long count;
    }

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
        Likes ofPost = byPost.get(entry.postId());
        if (ofPost == null && byPost.size() < POSTS) {
            ofPost = new Likes();
            byPost.put(entry.postId(), ofPost);
        }
        if (ofPost != null) {
            ofPost.count++;
        }
    }

    /** Events that it stands for. */
    long events() {
        return liked + unliked;
    }

    Frame frame() {
        List<Map.Entry<String, Long>> top = byPost.entrySet().stream()
                .sorted(Comparator.comparingLong((Map.Entry<String, Likes> post) -> -post.getValue().count)
                        .thenComparing(Map.Entry.comparingByKey()))
                .limit(TOP)
                .map(post -> Map.entry(post.getKey(), post.getValue().count))
                .toList();
        return Frame.digest(from, to, liked, unliked, top);
    }
}
