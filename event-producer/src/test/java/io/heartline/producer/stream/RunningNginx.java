package io.heartline.producer.stream;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** nginx with the project's {@code proxy/nginx.conf}, in which only addresses and paths are replaced. */
final class RunningNginx implements AutoCloseable {

    private static final Path CONFIGURATION = Path.of("..", "proxy", "nginx.conf");

    final int port;
    private final Process process;
    private final Path log;

    /**
     * @param folder folder for its files
     * @param producer port of the service
     */
    RunningNginx(Path folder, int producer) throws IOException {
        port = freePort();
        log = folder.resolve("log");
        String configuration = Files.readString(CONFIGURATION);
        configuration = replace(configuration, "/tmp/", folder + "/");
        configuration = replace(configuration, "http://\\$producer:8081", "http://127.0.0.1:" + producer);
        configuration = replace(configuration, "listen 8081", "listen 127.0.0.1:" + port);
        for (String other : new String[] {"8082", "8083", "127.0.0.1:8080"}) {
            configuration = replace(configuration, "listen " + other, "listen 127.0.0.1:" + freePort());
        }
        Path file = Files.writeString(folder.resolve("nginx.conf"), configuration);
        process = new ProcessBuilder(
                        executable().toString(), "-p", folder.toString(), "-c", file.toString(), "-g", "daemon off;")
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(this::isListening);
    }

    /** Skips the calling test if nginx is not installed. In CI, the test then fails instead. */
    static void assumeInstalled() {
        boolean isRequired = System.getenv("HEARTLINE_REQUIRE_SCRIPTS") != null;
        assumeTrue(isRequired || executable() != null, "nginx is not installed");
    }

    private static @Nullable Path executable() {
        return Stream.concat(
                        Pattern.compile(":").splitAsStream(System.getenv("PATH")),
                        Stream.of("/usr/sbin", "/usr/local/sbin"))
                .map(folder -> Path.of(folder, "nginx"))
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(null);
    }

    private static String replace(String configuration, String pattern, String replacement) {
        Matcher matcher = Pattern.compile(pattern).matcher(configuration);
        if (!matcher.find()) {
            throw new IllegalStateException(CONFIGURATION + " has no " + pattern);
        }
        return matcher.replaceAll(Matcher.quoteReplacement(replacement));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private boolean isListening() throws IOException {
        if (!process.isAlive()) {
            throw new IllegalStateException("nginx did not start: " + Files.readString(log));
        }
        try (Socket socket = new Socket("127.0.0.1", port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit()
                .orTimeout(10, TimeUnit.SECONDS)
                .exceptionally(e -> process.destroyForcibly())
                .join();
    }
}
