package io.heartline.bench.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.bench.Bench;
import io.heartline.bench.model.IngestTarget;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class IngestTest {

    private static Ingest ingest(String... arguments) {
        return CommandLine.populateCommand(new Ingest(), arguments);
    }

    @Test
    void withoutToken_onlyTheTargetsAreMeasured() {
        assertThat(ingest().measured()).containsExactly(IngestTarget.heartline, IngestTarget.node, IngestTarget.kafka);
    }

    @Test
    void withToken_heartlineIsMeasuredWithAndWithoutOne() {
        assertThat(ingest("--token", "--targets=kafka").measured())
                .containsExactly(IngestTarget.kafka, IngestTarget.heartline, IngestTarget.secured);
        assertThat(ingest("--targets=heartline", "--token").measured())
                .containsExactly(IngestTarget.heartline, IngestTarget.secured);
    }

    @Test
    void help_describesTheOption() {
        StringWriter help = new StringWriter();

        Bench.commandLine().setOut(new PrintWriter(help)).execute("ingest", "--help");

        assertThat(help.toString().replaceAll("\\s+", " ")).contains("--token", "with a token in each request");
    }
}
