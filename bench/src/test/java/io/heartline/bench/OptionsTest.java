package io.heartline.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OptionsTest {

    private final StringWriter said = new StringWriter();

    @ParameterizedTest
    @ValueSource(strings = {"--followers=0", "--rate=-1", "--seconds=0", "--repetitions=many", "--stalled=-1"})
    void aNumberThatMakesNoSense_isRefusedByTheOptionsName(String option) {
        assertThat(run("fan-out", option)).isEqualTo(2);
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
