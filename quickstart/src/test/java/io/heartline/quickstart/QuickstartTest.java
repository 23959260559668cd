package io.heartline.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** The command line of the quickstart, as far as it starts nothing. */
class QuickstartTest {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final CommandLine commandLine =
            Quickstart.commandLine().setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));

    @Test
    void help_hasTheOptions() {
        assertThat(commandLine.execute("--help")).isZero();
        assertThat(out.toString())
                .startsWith("Usage: quickstart ")
                .contains("--allow-origin=ORIGIN", "http://localhost:5173", "--reports-port=PORT", "docs/tutorial.md");
    }

    @ParameterizedTest
    @ValueSource(strings = {"often", "*/10 * * * *", ""})
    void invalidSchedule_isRefused_andNothingStarts(String schedule, @TempDir Path folder) {
        int exit = commandLine.execute("--data=" + folder.resolve("data"), "--schedule=" + schedule);

        assertThat(exit).isEqualTo(2);
        assertThat(err.toString().lines())
                .singleElement()
                .asString()
                .startsWith("Invalid value for option '--schedule'")
                .contains("such as '0 */5 * * * *'");
        assertThat(folder.resolve("data")).doesNotExist();
    }

    @Test
    void version_isPrinted_andNothingStarts() {
        assertThat(commandLine.execute("--version")).isZero();
        assertThat(out.toString()).startsWith("quickstart ");
    }

    @Test
    void portInUse_endsTheStartImmediately_andNamesItsOption(@TempDir Path folder) throws IOException {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int exit = commandLine.execute(
                    "--data=" + folder,
                    "--producer-port=0",
                    "--gateway-port=0",
                    "--reports-port=" + other.getLocalPort());

            assertThat(exit).isEqualTo(1);
            assertThat(err.toString().lines())
                    .singleElement()
                    .asString()
                    .startsWith("Heartline could not start: port " + other.getLocalPort() + " is in use")
                    .endsWith("--reports-port");
            assertThat(folder.resolve("kafka")).doesNotExist();
        }
    }

    @Test
    void samePortTwice_isRefused(@TempDir Path folder) throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }

        int exit = commandLine.execute("--data=" + folder, "--producer-port=" + port, "--gateway-port=" + port);

        assertThat(exit).isEqualTo(1);
        assertThat(err.toString()).contains("port " + port + " is in use");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "*",
                "null",
                "localhost:5173",
                "http://localhost:5173/",
                "http://localhost:5173/app",
                "file:///",
                "http://"
            })
    void allowOrigin_thatNoBrowserSends_isRefused(String origin) {
        int exit = commandLine.execute("--allow-origin=http://localhost:3000", "--allow-origin=" + origin);

        assertThat(exit).isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(err.toString().lines())
                .singleElement()
                .asString()
                .contains("--allow-origin", "'" + origin + "' must be a scheme, a host and a port");
    }

    @Test
    void allowOrigin_canBeRepeated() {
        CommandLine.ParseResult parsed = commandLine.parseArgs(
                "--allow-origin=http://localhost:5173, capacitor://localhost",
                "--allow-origin=https://app.example.com");

        assertThat(parsed.matchedOption("--allow-origin").<List<String>>getValue())
                .containsExactly("http://localhost:5173", "capacitor://localhost", "https://app.example.com");
    }
}
