package io.heartline.gateway.stream.wake;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class WakeGroupTest {

    private final List<Runnable> tasks = new ArrayList<>();
    private final Executor eventLoop = tasks::add;
    private final WakeGroup<Member> group = new WakeGroup<>(eventLoop);
    private final List<Member> members =
            IntStream.range(0, 3).mapToObj(i -> new Member(eventLoop)).toList();

    @Test
    void eachMember_isWokenOncePerWake_untilItIsRemoved() {
        group.add(members.get(0));
        wake();
        group.add(members.get(1));
        group.add(members.get(2));
        wake();
        assertThat(group.remove(members.get(1))).isFalse();
        wake();

        assertThat(members).extracting(member -> member.wakes).containsExactly(3, 1, 2);
        assertThat(group.members()).containsExactlyInAnyOrder(members.get(0), members.get(2));
    }

    @Test
    void groupWithoutMembers_isEmpty_alsoAfterItsOnlyMember() {
        group.add(members.get(0));
        assertThat(group.remove(members.get(1))).isFalse();
        assertThat(group.remove(members.get(0))).isTrue();

        members.forEach(group::add);
        members.subList(0, 2).forEach(group::remove);
        assertThat(group.remove(members.get(2))).isTrue();
    }

    @Test
    void memberThatIsAddedDuringAPass_isWokenByTheNextEvent() {
        group.add(members.get(0));
        members.get(0).onWake = () -> {
            members.get(0).onWake = () -> {};
            group.add(members.get(1));
            group.wake();
        };

        wake();

        assertThat(members.get(1).wakes).isEqualTo(1);
    }

    private void wake() {
        group.wake();
        while (!tasks.isEmpty()) {
            tasks.remove(0).run();
        }
    }

    private static final class Member implements Wakeable {

        int wakes;
        Runnable onWake = () -> {};
        private final Executor eventLoop;

        Member(Executor eventLoop) {
            this.eventLoop = eventLoop;
        }

        @Override
        public Executor eventLoop() {
            return eventLoop;
        }

        @Override
        public void wakeOnLoop() {
            wakes++;
            onWake.run();
        }
    }
}
