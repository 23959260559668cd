package io.heartline.bench.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ServerJvmTest {

    private static final List<String> MEASURED = List.of("-Xmx512m");

    @Test
    void withoutOptions_itIsTheJdkOfTheBench() {
        ServerJvm jvm = jvm();

        assertThat(jvm.command(MEASURED)).containsExactly(System.getProperty("java.home") + "/bin/java", "-Xmx512m");
        assertThat(jvm.describe(MEASURED)).isEqualTo("-Xmx512m");
    }

    @Test
    void furtherOptions_followThoseOfTheMeasurement() {
        ServerJvm jvm = jvm("--server-options=-Xmx1g  -XX:+UseSerialGC ");

        assertThat(jvm.command(MEASURED)).endsWith("-Xmx512m", "-Xmx1g", "-XX:+UseSerialGC");
        assertThat(jvm.describe(MEASURED)).isEqualTo("-Xmx512m -Xmx1g -XX:+UseSerialGC");
    }

    @Test
    void chosenJdk_isStarted_andItsVersionIsDescribed(@TempDir Path home) throws IOException {
        Path java = Files.createDirectories(home.resolve("bin")).resolve("java");
        assertThat(Files.createFile(java).toFile().setExecutable(true)).isTrue();
        Files.writeString(home.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"25.0.3\"\n");
        ServerJvm jvm = jvm("--java=" + home);

        assertThat(jvm.command(MEASURED)).containsExactly(java.toString(), "-Xmx512m");
        assertThat(jvm.describe(MEASURED)).isEqualTo("-Xmx512m on JDK 25.0.3");
    }

    private static ServerJvm jvm(String... arguments) {
        return CommandLine.populateCommand(new ServerJvm(), arguments);
    }
}
