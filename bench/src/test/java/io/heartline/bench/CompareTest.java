package io.heartline.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

@ResourceLock(Resources.SYSTEM_OUT)
class CompareTest {

    @TempDir
    private Path folder;

    private Path file;

    @BeforeEach
    void write() throws Exception {
        file = folder.resolve("figures.json");
        Files.writeString(file, """
                {"table":"ways","rate":10,"way":"push","run":1,"cpu":10,"ms":null}
                {"table":"ways","rate":10,"way":"poll","run":1,"cpu":20,"ms":500}
                {"table":"ways","rate":10,"way":"push","run":2,"cpu":20,"ms":null}
                {"table":"ways","rate":10,"way":"poll","run":2,"cpu":60,"ms":500}
                {"table":"ways","rate":100,"way":"push","run":1,"cpu":100,"ms":5}
                {"table":"ways","rate":100,"way":"poll","run":1,"cpu":50,"ms":500}
                {"table":"others","rate":100,"way":"poll","run":1,"cpu":1,"ms":1}
                """);
    }

    @Test
    void rows_areDividedByTheBasesOfTheSameRunAndGroup() {
        assertThat(compare("push", new StringWriter())).contains("""
                | rate | way | cpu | ms |
                |---|---|---|---|
                | 10 | poll | 2.50 (2.00 to 3.00) | — |
                | 100 | poll | 0.50 (0.50 to 0.50) | 100.00 (100.00 to 100.00) |
                """);
    }

    @Test
    void aBaseThatIsNotThere_isSaid() {
        StringWriter said = new StringWriter();

        assertThat(compare("pigeon", said)).isEmpty();

        assertThat(said.toString()).contains("no row of pigeon in a table ways");
    }

    private String compare(String base, StringWriter said) {
        PrintStream out = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            Bench.commandLine()
                    .setErr(new PrintWriter(said))
                    .execute(
                            "compare",
                            file.toString(),
                            "--table=ways",
                            "--by=way",
                            "--to=" + base,
                            "--each=rate",
                            "--values=cpu,ms");
        } finally {
            System.setOut(out);
        }
        return printed.toString(StandardCharsets.UTF_8);
    }
}
