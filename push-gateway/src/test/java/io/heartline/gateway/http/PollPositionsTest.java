package io.heartline.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.events.Position;
import io.heartline.gateway.stream.Frame;
import io.heartline.gateway.stream.Frames;
import io.heartline.gateway.stream.PositionList;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PollPositionsTest {

    private final PollPositions positions = new PollPositions();

    @BeforeEach
    void start() {
        assertThat(positions.isEmpty()).isTrue();
        for (int partition = 0; partition < 3; partition++) {
            positions.include(Frames.hello("author-" + partition, at(partition, 10), true, 20_000));
        }
        assertThat(positions.isEmpty()).isFalse();
    }

    @Test
    void partitionWithoutFrames_resumesWhereItWasRead() {
        positions.include(like(1, 12));

        assertThat(next("k3f9-0-90,k3f9-1-91,k3f9-2-92")).isEqualTo("k3f9-0-90,k3f9-1-12,k3f9-2-92");
        assertThat(positions.hasExcluded()).isFalse();
    }

    @Test
    void frameThatDidNotFit_isRead_byTheNextPoll() {
        positions.include(like(0, 12));
        positions.exclude(like(0, 14));
        positions.exclude(like(1, 15));
        positions.exclude(like(1, 17));
        positions.exclude(Frame.HEARTBEAT);
        positions.exclude(Frames.position(PositionList.parse("k3f9-0-90,k3f9-1-91,k3f9-2-92")));

        assertThat(next("k3f9-0-90,k3f9-1-91,k3f9-2-92")).isEqualTo("k3f9-0-12,k3f9-1-14,k3f9-2-92");
        assertThat(positions.hasExcluded()).isTrue();
    }

    @Test
    void digestThatDidNotFit_leavesItsPartitionWhereTheClientWas() {
        positions.exclude(digest(2, 40));
        positions.exclude(like(2, 41));

        assertThat(next("k3f9-0-90,k3f9-1-91,k3f9-2-92")).isEqualTo("k3f9-0-90,k3f9-1-91,k3f9-2-10");
    }

    @Test
    void firstRecordOfPartitionDidNotFit_resumesBeforeIt() {
        PollPositions fromStart = new PollPositions();
        fromStart.include(Frames.hello("bob", at(1, Position.BEFORE_FIRST), true, 20_000));
        fromStart.exclude(like(1, 0));

        assertThat(fromStart.next(PositionList.parse("k3f9-1-91"))).hasToString("k3f9-1-start");
    }

    @Test
    void positionFrame_movesEveryPartition() {
        positions.include(like(0, 12));
        positions.include(Frames.position(PositionList.parse("k3f9-0-20,k3f9-1-21,k3f9-2-22")));

        assertThat(next("k3f9-0-90,k3f9-1-91,k3f9-2-92")).isEqualTo("k3f9-0-20,k3f9-1-91,k3f9-2-92");
    }

    @Test
    void streamWithoutPositions_keepsSentPositions() {
        assertThat(positions.next(null)).hasToString("k3f9-0-10,k3f9-1-10,k3f9-2-10");
    }

    private String next(String read) {
        return positions.next(PositionList.parse(read)).toString();
    }

    private static Position at(int partition, long offset) {
        return new Position("k3f9", partition, offset);
    }

    private static Frame like(int partition, long offset) {
        return Frame.like(at(partition, offset), Instant.EPOCH, "{}".getBytes(StandardCharsets.UTF_8));
    }

    private static Frame digest(int partition, long offset) {
        return Frame.of(Frame.Kind.digest, at(partition, offset), "{}");
    }
}
