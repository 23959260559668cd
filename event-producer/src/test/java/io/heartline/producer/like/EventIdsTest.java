package io.heartline.producer.like;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class EventIdsTest {

    private final EventIds ids = new EventIds();

    @Test
    void withoutKey_everyIdIsANewUuidOfVersion7() {
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < 10_000; i++) {
            seen.add(ids.newId());
        }

        assertThat(seen).hasSize(10_000);
        assertThat(seen).allMatch(id -> UUID.fromString(id).version() == 7);
    }

    /** The id is a constant, because another build and another instance must compute the same id. */
    @Test
    void keyedId_dependsOnCallerKeyAndBodyOnly() {
        assertThat(id("alice", "k-1", "{}")).isEqualTo("5ae6ce1a-e18e-54ff-84ed-e8e86d984064");
        assertThat(UUID.fromString(id("alice", "k-1", "{}")).version()).isEqualTo(5);
    }

    @Test
    void otherCallerKeyOrBody_givesAnotherId_alsoIfTheirConcatenationIsEqual() {
        Set<String> seen = new HashSet<>();
        seen.add(id("alice", "k-1", "{}"));
        seen.add(id("alic", "ek-1", "{}"));
        seen.add(id("alicek", "-1", "{}"));
        seen.add(id("alice", "k-1{", "}"));
        seen.add(id("alice", "k-", "1{}"));
        seen.add(id("alice", "k-2", "{}"));
        seen.add(id("alice", "k-1", "{ }"));

        assertThat(seen).hasSize(7);
    }

    @Test
    void bodyWithinAnArray_onlyItsBytesCount() {
        byte[] surrounded = "xx{}xx".getBytes(StandardCharsets.UTF_8);

        assertThat(ids.keyedId("alice", new IdempotencyKey("k-1"), surrounded, 2, 2))
                .isEqualTo(id("alice", "k-1", "{}"));
    }

    private String id(String caller, String key, String body) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        return new EventIds().keyedId(caller, new IdempotencyKey(key), bytes, 0, bytes.length);
    }
}
