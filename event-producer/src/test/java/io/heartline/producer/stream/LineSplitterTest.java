package io.heartline.producer.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;

class LineSplitterTest {

    private static final int MAX_BYTES = 8;
    private static final String TOO_LONG = "<too long>";

    @RepeatedTest(200)
    void anyPieceSizes_giveTheSameLines() {
        Random random = new Random();
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(20); i > 0; i--) {
            text.append("x".repeat(random.nextInt(MAX_BYTES + 4))).append(random.nextBoolean() ? "\n" : "\r\n");
        }
        text.append("y".repeat(random.nextInt(3)));

        assertThat(lines(text.toString(), random)).isEqualTo(expected(text.toString()));
    }

    private static List<String> expected(String text) {
        List<String> lines = new ArrayList<>(List.of(text.split("\n", -1)));
        if (lines.get(lines.size() - 1).isEmpty()) {
            lines.remove(lines.size() - 1);
        }
        lines.replaceAll(line -> line.endsWith("\r") ? line.substring(0, line.length() - 1) : line);
        lines.replaceAll(line -> line.length() > MAX_BYTES ? TOO_LONG : line);
        return lines;
    }

    @Test
    void lineWithoutEnd_isReportedOnceTooLong_andNotBuffered() {
        LineSplitter lines = new LineSplitter(MAX_BYTES);
        add(lines, "x".repeat(MAX_BYTES + 2));

        assertThat(lines.next()).isTrue();
        assertThat(lines.isTooLong()).isTrue();
        for (int i = 0; i < 1000; i++) {
            add(lines, "x".repeat(100));
            assertThat(lines.next()).isFalse();
        }
        assertThat(lines.bytes().length).isLessThan(1000);
        add(lines, "\nnext\n");
        assertThat(lines.next()).isTrue();
        assertThat(line(lines)).isEqualTo("next");
    }

    private static List<String> lines(String text, Random random) {
        LineSplitter lines = new LineSplitter(MAX_BYTES);
        List<String> found = new ArrayList<>();
        for (int from = 0; from < text.length(); ) {
            int to = Math.min(text.length(), from + 1 + random.nextInt(12));
            add(lines, text.substring(from, to));
            from = to;
            readAll(lines, found);
        }
        lines.endInput();
        readAll(lines, found);
        return found;
    }

    private static void readAll(LineSplitter lines, List<String> found) {
        while (lines.next()) {
            found.add(line(lines));
        }
    }

    private static String line(LineSplitter lines) {
        return lines.isTooLong()
                ? TOO_LONG
                : new String(lines.bytes(), lines.start(), lines.length(), StandardCharsets.UTF_8);
    }

    private static void add(LineSplitter lines, String text) {
        lines.add(DefaultDataBufferFactory.sharedInstance.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }
}
