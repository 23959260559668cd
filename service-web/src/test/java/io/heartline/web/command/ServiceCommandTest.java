package io.heartline.web.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.event.ApplicationStartedEvent;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.event.EventListener;
import picocli.CommandLine;

class ServiceCommandTest {

    private static ConfigurableApplicationContext started;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @EnableAutoConfiguration
    static class Service {

        @EventListener
        void started(ApplicationStartedEvent event) {
            started = event.getApplicationContext();
        }
    }

    @AfterEach
    void stop() {
        if (started != null) {
            started.close();
            started = null;
        }
    }

    private int execute(Class<?> application, String... args) {
        return ServiceCommand.of("a-service", application, "What it does: 100 % of it.\n\n  server.port  8080")
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(args);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--help", "-h"})
    void help_isPrinted_andNothingStarts(String option) {
        int exit = execute(Service.class, "--server.address=127.0.0.1", option);

        assertThat(exit).isZero();
        assertThat(out.toString())
                .startsWith("Usage: a-service ")
                .contains("--help", "--version", "What it does: 100 % of it.", "  server.port  8080");
        assertThat(err.toString()).isEmpty();
        assertThat(started).isNull();
    }

    /** Picocli is in a jar with a version, unlike this test. */
    @Test
    void version_isThatOfTheJar() {
        assertThat(execute(CommandLine.class, "--version")).isZero();
        assertThat(out.toString()).matches("a-service [0-9]+\\.[0-9]+.*\\R");

        assertThat(execute(Service.class, "-V")).isZero();
        assertThat(out.toString()).endsWith("a-service (not packaged)" + System.lineSeparator());
        assertThat(started).isNull();
    }

    @Test
    void settings_arePassedToTheService() {
        int exit = execute(Service.class, "--server.address=127.0.0.1", "--server.port=0", "--heartline.test=@value");

        assertThat(exit).isEqualTo(ServiceCommand.SERVING);
        assertThat(started.getEnvironment().getProperty("heartline.test")).isEqualTo("@value");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--frsh", "help", "server.port=0", "-p=0", "--server port=0"})
    void argumentThatIsNoSetting_isRefused_andNothingStarts(String argument) {
        assertThat(execute(Service.class, "--server.port=0", argument)).isEqualTo(ServiceCommand.USAGE);

        assertThat(err.toString().lines())
                .singleElement()
                .asString()
                .contains("Unknown argument: '" + argument + "'", "--KEY=VALUE", "(see --help)");
        assertThat(started).isNull();
    }

    @Test
    void portInUse_isOneLine_withThePortAndTheSetting() throws IOException {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int exit = execute(Service.class, "--server.address=127.0.0.1", "--server.port=" + other.getLocalPort());

            assertThat(exit).isEqualTo(ServiceCommand.UNAVAILABLE);
            assertThat(err.toString().lines())
                    .singleElement()
                    .asString()
                    .contains(
                            "a-service could not start: port " + other.getLocalPort() + " is in use", "--server.port");
        }
    }

    @Test
    void invalidSetting_isOneLine_withItsName() {
        int exit = execute(
                Service.class, "--server.address=127.0.0.1", "--server.port=0", "--heartline.web.request-timeout=soon");

        assertThat(exit).isEqualTo(ServiceCommand.UNAVAILABLE);
        assertThat(err.toString().lines())
                .singleElement()
                .asString()
                .contains("a-service could not start: heartline.web.request-timeout: ", "soon");
    }
}
