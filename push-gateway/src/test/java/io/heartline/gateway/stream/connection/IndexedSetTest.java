package io.heartline.gateway.stream.connection;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class IndexedSetTest {

    private final IndexedSet<Element> set = new IndexedSet<>();
    private final List<Element> elements =
            IntStream.range(0, 5).mapToObj(i -> new Element()).toList();

    @Test
    void removedMembers_areAbsent_andTheOthersCanBeRemoved() {
        elements.forEach(set::add);

        assertThat(set.remove(elements.get(1))).isTrue();
        assertThat(set.remove(elements.get(4))).isTrue();
        assertThat(set.remove(elements.get(3))).isTrue();

        assertThat(set.copy()).containsExactlyInAnyOrder(elements.get(0), elements.get(2));
        elements.forEach(set::remove);
        assertThat(set.copy()).isEmpty();
    }

    @Test
    void removedMember_isNotRemovedAgain_andCanBeAddedAgain() {
        elements.forEach(set::add);
        set.remove(elements.get(2));

        assertThat(set.remove(elements.get(2))).isFalse();
        set.add(elements.get(2));

        assertThat(set.copy()).containsExactlyInAnyOrderElementsOf(elements);
    }

    private static final class Element extends IndexedSet.Member {}
}
