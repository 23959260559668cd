package io.heartline.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class OptionsTest {

    private final StringWriter output = new StringWriter();

    @ParameterizedTest
    @CsvSource({
        "head-to-head, --clients=0",
        "head-to-head, --authors=0",
        "head-to-head, --rates=-1",
        "head-to-head, --ways=fax",
        "waiting, --clients=0",
        "waiting, --ways=nobody",
        "waiting, --ways=report-5",
        "waiting, --ways=live-report-1",
        "fan-out, --followers=0",
        "fan-out, --rate=-1",
        "fan-out, --at-once=0",
        "fan-out, --seconds=0",
        "fan-out, --repetitions=many",
        "fan-out, --stalled=-1",
        "fan-out, --java=/nowhere",
        "idle, --connections=0",
        "idle, --authors=0",
        "storm, --connections=0",
        "storm, --concurrency=0",
        "storm, --storms=0",
        "storm, --warm-up=-1",
        "rolling-restart, --followers=0",
        "rolling-restart, --apart=0",
        "rolling-restart, --targets=kafka",
        "latency, --rate=0",
        "latency, --authors=0.5",
        "ingest, --rate=0",
        "ingest, --events=0",
        "ingest, --streams=0",
        "ingest, --linger=-1",
        "ingest, --batch-size=0",
        "ingest, --compression=zip",
        "ingest, --ways=csv",
        "reports, --events=0",
        "reports, --celebrity=101",
        "reports, --heap=256",
        "reports, --weeks=0",
        "scale, --instances=0",
        "scale, --others=0",
        "live-reports, --clients=0",
        "live-reports, --parts=all",
        "reads, --rate=0",
        "reads, --reads=twice",
        "reads, --warm-up=-1"
    })
    void invalidValue_isRejectedWithTheOptionName(String command, String option) {
        assertThat(run(command, option)).isEqualTo(2);
        assertThat(output.toString())
                .startsWith("Invalid value for option '" + option.substring(0, option.indexOf('=')) + "'");
    }

    @Test
    void unknownTarget_isRejectedWithTheKnownOnes() {
        assertThat(run("fan-out", "--targets=apache")).isEqualTo(2);
        assertThat(output.toString()).contains("'--targets'").contains("[heartline, netty, node, nchan]");
    }

    @Test
    void readIsNamedAsInTheTable() {
        assertThat(run("reads", "--reads=single-changing", "--root=/nowhere")).isEqualTo(2);
        assertThat(output.toString()).contains("'--root'").doesNotContain("'--reads'");
    }

    @Test
    void folderThatIsNotBuilt_isRejectedWithTheBuildCommand(@TempDir Path root) {
        assertThat(run("fan-out", "--root=" + root)).isEqualTo(2);
        assertThat(output.toString()).contains("'--root'").contains("mvn -Pbench package");
    }

    @Test
    void help_containsTheDefaults() {
        StringWriter help = new StringWriter();
        CommandLine bench = Bench.commandLine().setOut(new PrintWriter(help));

        bench.execute("latency", "--help");
        bench.execute("reads", "--help");

        assertThat(help.toString())
                .contains("Default: 60")
                .contains("Default: 20")
                .contains("Default: 8");
    }

    private int run(String... arguments) {
        return Bench.commandLine().setErr(new PrintWriter(output)).execute(arguments);
    }
}
