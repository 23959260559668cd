package io.heartline.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Holds the test vectors and the code of {@code docs/other-languages.md} against this module. */
class OtherLanguagesTest {

    private static final Pattern PARTITIONS = Pattern.compile("(?m)^\\| `(.+)` \\| (\\d+) \\| (\\d+) \\| (\\d+) \\|$");
    private static final Pattern EPOCHS = Pattern.compile("(?m)^\\| `(.+)` \\| (\\d+) \\| `(\\w+)` \\|$");
    private static final Pattern POSITIONS =
            Pattern.compile("(?m)^\\| `(.+)` \\| `(.+)` \\| (\\d+|before the first record) \\| `(.+)` \\|$");
    private static final Pattern PYTHON = Pattern.compile("(?s)```python\n(.*?)```");

    private final String page;

    OtherLanguagesTest() throws IOException {
        page = Files.readString(Path.of("..", "docs", "other-languages.md"));
    }

    @Test
    void partitions_areThoseOfTheLog() {
        assertThat(rows(PARTITIONS)).hasSizeGreaterThan(5).allSatisfy(row -> {
            assertThat(row.group(1)).matches(Identifier::isValid);
            assertThat(row.group(2)).isEqualTo(partition(row.group(1), 8));
            assertThat(row.group(3)).isEqualTo(partition(row.group(1), 48));
            assertThat(row.group(4)).isEqualTo(Long.toString(crc32(row.group(1)) % 48));
        });
        assertThat(rows(PARTITIONS).map(row -> row.group(1).length() % 4).distinct())
                .as("a murmur2 that omits the last bytes is detected")
                .hasSize(3);
    }

    @Test
    void epochs_areThoseOfTheLog() {
        assertThat(rows(EPOCHS)).hasSizeGreaterThan(3).allSatisfy(row -> {
            LikesLog log = new LikesLog("likes", Uuid.fromString(row.group(1)), Integer.parseInt(row.group(2)));
            assertThat(row.group(3)).isEqualTo(log.epoch());
        });
    }

    @Test
    void positions_areThoseOfAuthorsRecords() {
        assertThat(rows(POSITIONS)).hasSizeGreaterThan(2).allSatisfy(row -> {
            long offset = row.group(3).startsWith("before") ? Position.BEFORE_FIRST : Long.parseLong(row.group(3));
            int partition = LikesLog.partitionOf(row.group(2), 48);
            assertThat(row.group(4)).isEqualTo(new Position(row.group(1), partition, offset).toString());
        });
    }

    @Test
    void pythonCode_computesTheSame(@TempDir Path folder) throws Exception {
        boolean isRequired = System.getenv("HEARTLINE_REQUIRE_SCRIPTS") != null;
        assumeTrue(isRequired || isInstalled("python3"), "there is no python3");
        StringBuilder program =
                new StringBuilder(rows(PYTHON).findFirst().orElseThrow().group(1));
        rows(PARTITIONS).forEach(row -> {
            program.append("assert partition('%s', 8) == %s\n".formatted(row.group(1), row.group(2)));
            program.append("assert partition('%s', 48) == %s\n".formatted(row.group(1), row.group(3)));
        });
        rows(EPOCHS)
                .forEach(row -> program.append(
                        "assert epoch('%s', %s) == '%s'\n".formatted(row.group(1), row.group(2), row.group(3))));
        LikesLog log = new LikesLog("likes", Uuid.fromString("zXf9mXyWQK2bG9dNnC3w5g"), 48);
        for (long offset : new long[] {Position.BEFORE_FIRST, 0, 1042}) {
            program.append("assert position('%s', 48, 21, %d) == '%s'\n"
                    .formatted(log.id(), offset, new Position(log.epoch(), 21, offset)));
        }
        Path file = Files.writeString(folder.resolve("vectors.py"), program.append("print('all agree')\n"));

        Process python = new ProcessBuilder("python3", file.toString())
                .redirectErrorStream(true)
                .start();
        String printed = new String(python.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(printed).isEqualToIgnoringNewLines("all agree");
        assertThat(python.waitFor()).isZero();
    }

    @Test
    void documentedReason_ofMisplacedRecord_isTheActualOne() {
        LikesLog log = new LikesLog("likes", Uuid.randomUuid(), 48);
        Liked like = new Liked("e-1", "p-1", "alice", "bob", Instant.EPOCH);
        byte[] key = like.authorId().getBytes(StandardCharsets.UTF_8);
        int other = (log.partitionOf(key) + 1) % 48;
        ConsumerRecord<byte[], byte[]> misplaced =
                new ConsumerRecord<>("likes", other, 0, key, LikeEventJson.encode(like));

        assertThatThrownBy(() -> log.read(misplaced))
                .satisfies(e -> assertThat(page.replaceAll("\\s+", " ")).contains('`' + e.getMessage() + '`'));
    }

    private Stream<MatchResult> rows(Pattern pattern) {
        return pattern.matcher(page).results();
    }

    private static String partition(String author, int partitions) {
        return Integer.toString(LikesLog.partitionOf(author, partitions));
    }

    private static long crc32(String author) {
        CRC32 crc = new CRC32();
        crc.update(author.getBytes(StandardCharsets.UTF_8));
        return crc.getValue();
    }

    private static boolean isInstalled(String command) {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, command)));
    }
}
