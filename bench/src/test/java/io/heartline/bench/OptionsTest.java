package io.heartline.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OptionsTest {

    private final StringWriter said = new StringWriter();

    @ParameterizedTest
    @CsvSource({
        "fan-out, --followers=0",
        "fan-out, --rate=-1",
        "fan-out, --seconds=0",
        "fan-out, --repetitions=many",
        "fan-out, --stalled=-1",
        "idle, --connections=0",
        "idle, --authors=0",
        "latency, --rate=0",
        "latency, --authors=0.5",
        "unfollowed, --rate=99999999999",
        "unfollowed, --followers=-1"
    })
    void aNumberThatMakesNoSense_isRefusedByTheOptionsName(String command, String option) {
        assertThat(run(command, option)).isEqualTo(2);
        assertThat(said.toString())
                .startsWith("Invalid value for option '" + option.substring(0, option.indexOf('=')) + "'");
    }

    @Test
    void aTargetThatThereIsNot_isRefusedWithThoseThatThereAre() {
        assertThat(run("fan-out", "--targets=apache")).isEqualTo(2);
        assertThat(said.toString()).contains("'--targets'").contains("[heartline, netty, node]");
    }

    @Test
    void aFolderThatIsNotBuilt_isRefusedWithWhatBuildsIt(@TempDir Path root) {
        assertThat(run("fan-out", "--root=" + root)).isEqualTo(2);
        assertThat(said.toString()).contains("'--root'").contains("mvn package");
    }

    private int run(String... arguments) {
        return Bench.commandLine().setErr(new PrintWriter(said)).execute(arguments);
    }
}
