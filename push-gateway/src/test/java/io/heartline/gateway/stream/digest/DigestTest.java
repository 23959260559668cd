package io.heartline.gateway.stream.digest;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.events.LikeEvent;
import io.heartline.events.LikeEventJson;
import io.heartline.events.Liked;
import io.heartline.events.Position;
import io.heartline.events.Unliked;
import io.heartline.gateway.stream.LogEntry;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class DigestTest {

    private static final JsonMapper JSON = new JsonMapper();

    private static final long OFFSET = 1042;

    private final Digest digest = new Digest();
    private long offset = OFFSET;

    @Test
    void posts_areRankedByLikes_thenByName() {
        like("p-b", 2);
        like("p-c", 3);
        like("p-a", 2);

        assertThat(posts()).containsExactly("p-c=3", "p-a=2", "p-b=2");
    }

    @Test
    void ranking_hasAtMostTenPosts() {
        for (int post = 0; post < 20; post++) {
            like("p-" + post, post + 1);
        }

        assertThat(posts()).hasSize(10).startsWith("p-19=20", "p-18=19").endsWith("p-10=11");
        assertThat(frame().path("liked").longValue()).isEqualTo(210);
    }

    @Test
    void unlikes_areCounted_andDoNotRank() {
        like("p-1", 1);
        add(new Unliked("e", "p-2", "alice", "bob", Instant.EPOCH));

        assertThat(posts()).containsExactly("p-1=1");
        assertThat(frame().path("unliked").longValue()).isEqualTo(1);
        assertThat(digest.events()).isEqualTo(2);
    }

    @Test
    void beyondMaxPosts_firstPostsAreRanked_andSumsAreExact() {
        for (int post = 0; post < 1_000; post++) {
            like("p-" + post, 1);
        }
        like("p-7", 1);
        like("late", 5);

        assertThat(posts()).startsWith("p-7=2").noneMatch(post -> post.startsWith("late"));
        assertThat(frame().path("liked").longValue()).isEqualTo(1_006);
    }

    @Test
    void frame_matchesTheApprovedForm() throws IOException {
        like("p-1", 700);
        like("p-2", 290);
        for (int i = 0; i < 10; i++) {
            add(new Unliked("e", "p-1", "alice", "bob", Instant.EPOCH));
        }

        try (InputStream approved = DigestTest.class.getResourceAsStream("/approved/digest.json")) {
            assertThat(digest.frame(position(0)).json().toString(StandardCharsets.UTF_8))
                    .isEqualTo(new String(approved.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    private static Position position(long offset) {
        return new Position("k3f9", 3, OFFSET + offset);
    }

    private void like(String post, int times) {
        for (int i = 0; i < times; i++) {
            add(new Liked("e", post, "alice", "bob", Instant.EPOCH));
        }
    }

    private void add(LikeEvent event) {
        LogEntry entry = new LogEntry("alice", ++offset, 0, LikeEventJson.encode(event));
        entry.decode("k3f9", 3);
        digest.add(entry);
    }

    private List<String> posts() {
        return frame().path("posts")
                .valueStream()
                .map(post -> post.path("postId").stringValue() + "=" + post.path("liked"))
                .toList();
    }

    private JsonNode frame() {
        return JSON.readTree(digest.frame(position(0)).json().toString(StandardCharsets.UTF_8));
    }
}
