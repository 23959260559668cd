package io.heartline.gateway;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.heartline.quickstart.backends.Folders;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Streams of {@code heartline.js}, in Node or in Chromium, with the frames that a page receives. */
public final class BrowserScriptReaders implements AutoCloseable {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final List<String> CHROMIUM = List.of(
            "chromium",
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync");
    private static final String PAGE = """
            <!doctype html>
            <script type="module">
              import { connect } from '%1$s/heartline.js';
              let lines = [];
              for (const author of [%2$s]) {
                connect({ url: '%1$s', author, onFrame: (frame) => lines.push(JSON.stringify({ author, frame })) });
              }
              for (;;) {
                const body = lines.join('\\n');
                lines = [];
                if (body) await fetch('/', { method: 'POST', body });
                await new Promise((done) => setTimeout(done, 100));
              }
            </script>
            """;

    private final String name;
    private final Map<String, List<JsonNode>> frames = new ConcurrentHashMap<>();
    private Runnable stop;

    private BrowserScriptReaders(String name) {
        this.name = name;
    }

    /**
     * Starts streams in Node.
     *
     * @param url the URL of a gateway or of a load balancer
     * @param authors the authors to follow
     * @param options {@code --together} for one connection of all authors
     */
    static BrowserScriptReaders inNode(String url, List<String> authors, String... options) throws IOException {
        BrowserScriptReaders readers = new BrowserScriptReaders(("node " + String.join(" ", options)).strip());
        List<String> command = Stream.of(
                        List.of("node", "--experimental-websocket", "src/test/js/follow.js"),
                        List.of(options),
                        List.of(url),
                        authors)
                .flatMap(List::stream)
                .toList();
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        CompletableFuture<Void> listening = CompletableFuture.runAsync(
                () -> process.inputReader(StandardCharsets.UTF_8).lines().forEach(readers::receive),
                // Not on the common pool. On two cores this task would block other tasks there, for example the tasks
                // that run when a process ends.
                task -> new Thread(task, "listening").start());
        readers.stop = () -> {
            process.toHandle().destroy(); // process.destroy() would close the output before it is read
            listening.join(); // reads the output to its end
        };
        return readers;
    }

    /** Starts the server of the page that {@link #inChromium} opens. */
    static HttpServer page() throws IOException {
        HttpServer page = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        page.start();
        return page;
    }

    static BrowserScriptReaders inChromium(HttpServer page, String url, List<String> authors) throws IOException {
        BrowserScriptReaders readers = new BrowserScriptReaders("chromium");
        String list = authors.stream().map(author -> "'" + author + "'").collect(Collectors.joining(","));
        byte[] html = PAGE.formatted(url, list).getBytes(StandardCharsets.UTF_8);
        page.createContext("/", exchange -> readers.serve(exchange, html));
        Path profile = Files.createTempDirectory("chromium");
        Process process = new ProcessBuilder(
                        Stream.concat(CHROMIUM.stream(), Stream.of("--user-data-dir=" + profile, origin(page) + "/"))
                                .toList())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        readers.stop = () -> {
            process.descendants().forEach(ProcessHandle::destroy);
            process.destroy();
            process.onExit().join();
            Folders.delete(profile);
        };
        return readers;
    }

    private void serve(HttpExchange exchange, byte[] html) throws IOException {
        try (exchange) {
            if (exchange.getRequestMethod().equals("POST")) {
                new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)
                        .lines()
                        .forEach(this::receive);
                exchange.sendResponseHeaders(204, -1);
            } else {
                exchange.getResponseHeaders().set("Content-Type", "text/html");
                exchange.sendResponseHeaders(200, html.length);
                exchange.getResponseBody().write(html);
            }
        }
    }

    static String origin(HttpServer page) {
        return "http://127.0.0.1:" + page.getAddress().getPort();
    }

    /**
     * Returns whether the PATH has a command.
     *
     * @param command the name of the command
     * @return true if a folder of the PATH has an executable file with this name
     */
    public static boolean isInstalled(String command) {
        return Stream.of(System.getenv("PATH").split(Pattern.quote(File.pathSeparator)))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, command)));
    }

    private void receive(String line) {
        JsonNode message = JSON.readTree(line);
        if (message.has("frame")) {
            frames.computeIfAbsent(message.path("author").stringValue(), author -> new CopyOnWriteArrayList<>())
                    .add(message.path("frame"));
        }
    }

    /** Returns whether the stream of each author has received a frame. */
    boolean areConnected(List<String> authors) {
        return frames.keySet().containsAll(authors);
    }

    /** Returns the ids of an author's events in the order of delivery. */
    List<String> eventIds(String author) {
        return of(author, "like")
                .map(frame -> frame.path("event").path("id").stringValue())
                .toList();
    }

    /** Returns whether each hello of the author's stream after the first one is recovered. */
    boolean isResumedAlways(String author) {
        return of(author, "hello").skip(1).allMatch(frame -> frame.path("recovered")
                .booleanValue());
    }

    private Stream<JsonNode> of(String author, String kind) {
        return frames.get(author).stream()
                .filter(frame -> frame.path("kind").stringValue().equals(kind));
    }

    @Override
    public String toString() {
        return name;
    }

    @Override
    public void close() {
        stop.run();
    }
}
