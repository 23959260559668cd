package io.heartline.quickstart.chaos;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A JVM beside this one that can be hurt, and started again. What it says is added to a file. */
final class JavaProcess {

    private static final int STOP_TIMEOUT_SECONDS = 60;

    private final Path output;
    private final List<String> command = new ArrayList<>();
    private final Map<String, String> environment;
    private Process process;

    /** @param arguments of {@code java} */
    JavaProcess(Path output, List<String> arguments, Map<String, String> environment) {
        this.output = output;
        this.environment = environment;
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(arguments);
        // nothing stays behind, however this JVM ends
        Runtime.getRuntime().addShutdownHook(new Thread(this::destroy));
    }

    void start() throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(Redirect.appendTo(output.toFile()));
        builder.environment().putAll(environment);
        process = builder.start();
    }

    boolean isAlive() {
        return process != null && process.isAlive();
    }

    long pid() {
        return process.pid();
    }

    File output() {
        return output.toFile();
    }

    /** A line for its standard input. */
    void writeLine(String line) throws IOException {
        process.outputWriter().write(line + "\n");
        process.outputWriter().flush();
    }

    /** SIGKILL. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** SIGSTOP: it stands still, and its sockets stay open. */
    void pause() throws IOException, InterruptedException {
        signal("STOP");
    }

    /** SIGCONT. */
    void resume() throws IOException, InterruptedException {
        signal("CONT");
    }

    /** SIGTERM. */
    void stop() throws IOException, InterruptedException {
        process.destroy();
        awaitEnd();
    }

    /** The end of its standard input. */
    void stopByClosingInput() throws IOException, InterruptedException {
        process.getOutputStream().close();
        awaitEnd();
    }

    private void awaitEnd() throws IOException, InterruptedException {
        if (!process.waitFor(STOP_TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
            throw new IOException("it has not ended within " + STOP_TIMEOUT_SECONDS + " s: see " + output);
        }
    }

    private void signal(String name) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(pid())).start();
        if (kill.waitFor() != 0) {
            throw new IOException("kill -" + name + " failed: "
                    + new String(kill.getErrorStream().readAllBytes()));
        }
    }

    private void destroy() {
        if (process != null) {
            process.destroyForcibly();
        }
    }
}
