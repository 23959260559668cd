package io.heartline.quickstart.chaos;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Another JVM, which a test can kill, pause and start again. Its output is appended to a file. */
final class JavaProcess {

    private static final int STOP_TIMEOUT_SECONDS = 60;

    private final Path output;
    private final List<String> command = new ArrayList<>();
    private final Map<String, String> environment;
    private Process process;

    /** @param arguments the arguments of the {@code java} command */
    JavaProcess(Path output, List<String> arguments, Map<String, String> environment) {
        this.output = output;
        this.environment = environment;
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(arguments);
        // the process ends with this JVM
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

    /** Writes a line to the standard input of the process. */
    void writeLine(String line) throws IOException {
        process.outputWriter().write(line + "\n");
        process.outputWriter().flush();
    }

    /** Sends SIGKILL, and waits for the end. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Sends SIGSTOP: the process pauses, and its sockets stay open. */
    void pause() throws IOException, InterruptedException {
        signal("STOP");
    }

    /** Sends SIGCONT. */
    void resume() throws IOException, InterruptedException {
        signal("CONT");
    }

    /** Sends SIGTERM, and waits for the end. */
    void stop() throws IOException, InterruptedException {
        process.destroy();
        awaitEnd();
    }

    /** Closes the standard input of the process, and waits for the end. */
    void stopByClosingInput() throws IOException, InterruptedException {
        process.getOutputStream().close();
        awaitEnd();
    }

    private void awaitEnd() throws IOException, InterruptedException {
        if (!process.waitFor(STOP_TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
            throw new IOException("the process has not ended within " + STOP_TIMEOUT_SECONDS + " s: see " + output);
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
