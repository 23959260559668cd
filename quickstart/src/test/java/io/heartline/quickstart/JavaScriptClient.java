package io.heartline.quickstart;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The gateway's client {@code heartline.js} in Node. It returns the frames that a page would receive. */
final class JavaScriptClient implements AutoCloseable {

    private static final String FOLLOW = "../push-gateway/src/test/js/follow.js";

    private final Process process;
    private final BufferedReader output;

    private JavaScriptClient(Process process) {
        this.process = process;
        this.output = process.inputReader(StandardCharsets.UTF_8);
    }

    /** Returns whether tests with this client run: if Node is installed, or if all commands are required. */
    static boolean isAvailable() {
        return InstalledCommands.isRequired() || InstalledCommands.find("node").isPresent();
    }

    /** @param tokens the tokens of the reader; each is used after the one before has expired */
    static JavaScriptClient follow(String gateway, String author, String... tokens) throws IOException {
        return start(List.of(gateway, author), tokens);
    }

    /**
     * Follows an author as one of several authors of a connection.
     *
     * @param tokens the tokens of the reader; each replaces the one before shortly before that one expires
     */
    static JavaScriptClient followTogether(String gateway, String author, String... tokens) throws IOException {
        return start(List.of("--together", "--renew", gateway, author), tokens);
    }

    private static JavaScriptClient start(List<String> arguments, String... tokens) throws IOException {
        ProcessBuilder node = new ProcessBuilder(
                        Stream.concat(Stream.of("node", "--experimental-websocket", FOLLOW), arguments.stream())
                                .toList())
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        if (tokens.length > 0) {
            node.environment().put("TOKENS", String.join(" ", tokens));
        }
        return new JavaScriptClient(node.start());
    }

    /** Returns the next frame of a kind, and discards frames of other kinds before it. */
    JsonNode next(String kind) throws Exception {
        return next(frame -> frame.path("kind").asString("").equals(kind));
    }

    /** Returns the next frame. */
    JsonNode next() throws Exception {
        return next(JsonNode::isObject);
    }

    private JsonNode next(Predicate<JsonNode> isWanted) throws Exception {
        return CompletableFuture.supplyAsync(() -> output.lines()
                        .map(line -> JsonMapper.shared().readTree(line).path("frame"))
                        .filter(isWanted)
                        .findFirst()
                        .orElseThrow(() -> new IllegalStateException("the client has ended")))
                .get(30, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        process.toHandle().destroy(); // Process.destroy() would also close the output that is not read yet
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
