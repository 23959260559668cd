package io.heartline.gateway.kafka.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heartline.gateway.stream.History;
import io.heartline.gateway.stream.UndecodableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.Test;

class PageReaderTest {

    private static final int PAGE_BYTES = 100;

    private final AlternatingLog log = new AlternatingLog();

    @Test
    void kafkaDeliversNothing_pageTimesOut() {
        PageReader reader = reader(Duration.ofMillis(50), () -> log.consumer(0));

        assertThatThrownBy(() -> read(reader, 0, 10)).hasMessageContaining("did not deliver within PT0.05S");
    }

    @Test
    void page_containsTheAuthorsRecords_andNextOffset() {
        PageReader reader = reader(Duration.ofSeconds(5), () -> log.consumer(10));

        History.Page page = read(reader, 0, 10);

        assertThat(page.entries()).extracting(entry -> entry.offset).containsExactly(0L, 2L, 4L, 6L, 8L);
        assertThat(page.next()).isEqualTo(10);
    }

    @Test
    void pageOfSeveralAuthors_isOneScan_inOrderOfOffset() {
        PageReader reader = reader(Duration.ofSeconds(5), () -> log.consumer(6));

        History.Page page = read(reader, Set.of("carol", "bob", "alice"), 0, 6);

        assertThat(page.entries())
                .extracting(entry -> entry.author + entry.offset)
                .containsExactly("alice0", "bob1", "alice2", "bob3", "alice4", "bob5");
        assertThat(log.pages).hasValue(1);
    }

    @Test
    void pageOfSeveralAuthors_hasNoOtherAuthor() {
        PageReader reader = reader(Duration.ofSeconds(5), () -> log.consumer(6));

        History.Page page = read(reader, Set.of("carol", "bob"), 0, 6);

        assertThat(page.entries()).extracting(entry -> entry.offset).containsExactly(1L, 3L, 5L);
        assertThat(page.next()).isEqualTo(6);
    }

    @Test
    void timeoutReached_recordsReadSoFarAreThePage() {
        PageReader reader = reader(Duration.ofNanos(1), () -> log.consumer(6));

        History.Page page = read(reader, 0, 10);

        assertThat(page.entries()).extracting(entry -> entry.offset).containsExactly(0L, 2L, 4L);
        assertThat(page.next()).isEqualTo(6);
    }

    @Test
    void kafkaFailsAfterRecords_recordsReadSoFarAreThePage() {
        PageReader reader = reader(Duration.ofSeconds(5), () -> {
            MockConsumer<byte[], byte[]> kafka = log.consumer(6);
            kafka.schedulePollTask(() -> {});
            kafka.schedulePollTask(() -> kafka.setPollException(new KafkaException("on purpose")));
            return kafka;
        });

        assertThat(read(reader, 0, 10).next()).isEqualTo(6);
    }

    @Test
    void kafkaFailsBeforeAnyRecord_pageFails_andConsumerIsReset() {
        List<Consumer<byte[], byte[]>> created = new ArrayList<>();
        PageReader reader = reader(Duration.ofSeconds(5), () -> {
            MockConsumer<byte[], byte[]> kafka = log.consumer(10);
            kafka.setPollException(new KafkaException("on purpose"));
            created.add(kafka);
            return kafka;
        });

        assertThatThrownBy(() -> read(reader, 0, 10)).isInstanceOf(UndecodableException.class);

        assertThat(created.get(0).assignment()).isEmpty();
    }

    @Test
    void pageBytesReached_pageEnds_andNextPageContinues() {
        PageReader reader = reader(Duration.ofSeconds(5), () -> log.consumer(10, 40));

        History.Page page = read(reader, 0, 10);

        assertThat(page.entries()).extracting(entry -> entry.offset).containsExactly(0L, 2L);
        assertThat(page.next()).isEqualTo(4);
        assertThat(read(reader, 4, 10).entries())
                .extracting(entry -> entry.offset)
                .containsExactly(4L, 6L);
    }

    @Test
    void eventLargerThanPage_isItsOwnPage() {
        PageReader reader = reader(Duration.ofSeconds(5), () -> log.consumer(10, PAGE_BYTES + 1));

        History.Page page = read(reader, 0, 10);

        assertThat(page.entries()).extracting(entry -> entry.offset).containsExactly(0L);
        assertThat(page.next()).isEqualTo(2);
    }

    @Test
    void nothingToRead_returnsEmptyPage_withoutKafka() {
        PageReader reader = reader(Duration.ofSeconds(5), () -> {
            throw new AssertionError("a consumer was created");
        });

        History.Page page = read(reader, 7, 7);

        assertThat(page.entries()).isEmpty();
        assertThat(page.next()).isEqualTo(7);
    }

    private static PageReader reader(Duration timeout, Supplier<Consumer<byte[], byte[]>> consumers) {
        KafkaHistory.Limits limits = new KafkaHistory.Limits(1, 1, 0, 100, 1_000, PAGE_BYTES, 1_000_000, timeout);
        return new PageReader("likes", limits, consumers, consumers);
    }

    /** Reads a page of alice's records. */
    private static History.Page read(PageReader reader, long from, long end) {
        return read(reader, Set.of("alice"), from, end);
    }

    private static History.Page read(PageReader reader, Set<String> authors, long from, long end) {
        return reader.read(new History.Request(
                AlternatingLog.PARTITION.partition(), authors, "caller", from, () -> end, () -> true));
    }
}
