package io.heartline.quickstart;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code heartline.js}, the gateway's own client, in Node: what a page would be told. */
final class JavaScriptClient implements AutoCloseable {

    private static final String FOLLOW = "../push-gateway/src/test/js/follow.js";

    private final Process process;
    private final BufferedReader output;

    private JavaScriptClient(Process process) {
        this.process = process;
        this.output = process.inputReader(StandardCharsets.UTF_8);
    }

    /** Where scripts have to be followed, that there is no Node is a failure. */
    static boolean isAvailable() {
        return InstalledCommands.isRequired() || InstalledCommands.find("node").isPresent();
    }

    /** @param tokens one after the other, as they expire */
    static JavaScriptClient follow(String gateway, String author, String... tokens) throws IOException {
        ProcessBuilder node = new ProcessBuilder("node", "--experimental-websocket", FOLLOW, gateway, author)
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        if (tokens.length > 0) {
            node.environment().put("TOKENS", String.join(" ", tokens));
        }
        return new JavaScriptClient(node.start());
    }

    /** The next frame of a kind; those of others are passed over. */
    JsonNode next(String kind) throws Exception {
        return CompletableFuture.supplyAsync(() -> output.lines()
                        .map(line -> JsonMapper.shared().readTree(line).path("frame"))
                        .filter(frame -> frame.path("kind").asString("").equals(kind))
                        .findFirst()
                        .orElseThrow(() -> new IllegalStateException("it said no more")))
                .get(30, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        process.toHandle().destroy(); // not the process, which would close what it has yet to say
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
