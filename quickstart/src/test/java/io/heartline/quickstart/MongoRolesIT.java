package io.heartline.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Compares the roles of {@code deploy/mongodb/roles.js} with the commands that report-batch sends. The tests' MongoDB checks no rights,
 * so the actions that a command needs are those of MongoDB's documentation.
 */
class MongoRolesIT {

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final Pattern ROLE_LINE = Pattern.compile("(?m)^  (\\w+): \\[(.+)],$");
    private static final Pattern ACTION = Pattern.compile("'(\\w+)'");
    private static final Pattern READ_ONLY = Pattern.compile("(?m)^const readOnly = new Set\\(\\[(.+)]\\)$");

    private static final Map<String, Set<String>> ACTIONS_OF_COMMANDS = Map.of(
            "aggregate", Set.of("find"),
            "createIndexes", Set.of("createIndex"),
            "delete", Set.of("remove"),
            "distinct", Set.of("find"),
            "find", Set.of("find"),
            "findAndModify", Set.of("find", "update"),
            "getMore", Set.of("find"),
            "insert", Set.of("insert"),
            "update", Set.of("update"));

    /** Commands that need no rights on a collection. */
    private static final Set<String> OTHER_COMMANDS = Set.of("hello", "isMaster", "ping", "endSessions", "killCursors");

    @TempDir
    private static Path folder;

    private static Heartline heartline;

    @BeforeAll
    static void start() throws Exception {
        heartline = new Heartline(new Heartline.Settings(0, 0, 0, 0, 0, folder, true, "* * * * * *", false, List.of()));
    }

    @AfterAll
    static void stop() {
        heartline.close();
    }

    @Test
    void role_permitsTheCommandsOfRunsReadsFeedAndErasures_andNoOtherCollection() throws Exception {
        String sealed = like("alice", Instant.now().minus(Duration.ofDays(30)));
        like("bea", Instant.now());
        read("/v1/authors/alice/reports/current?wait=30&atLeast=" + sealed);
        await().atMost(Duration.ofSeconds(60))
                .until(() -> read("/v1/reports/changes").contains("\"sealed\""));
        for (String path : List.of(
                "/v1/authors/alice/summary",
                "/v1/reports/current",
                "/v1/reports/current/authors?sort=growth",
                "/v1/authors/alice/reports/current/posts",
                "/v1/runs")) {
            read(path);
        }
        String run = send(request("/v1/runs").POST(BodyPublishers.noBody()), 202);
        assertThat(run).contains("\"id\"");
        send(request("/v1/authors/alice/likers/bob").DELETE(), 204);
        send(request("/v1/authors/alice").DELETE(), 204);
        await().atMost(Duration.ofSeconds(60))
                .until(() -> read("/v1/reports/changes").contains("\"erased\""));

        Map<String, Set<String>> used = actionsUsed(heartline.reports());
        Map<String, Set<String>> permitted = role();
        assertThat(permitted.keySet()).isEqualTo(used.keySet());
        used.forEach((collection, actions) ->
                assertThat(permitted.get(collection)).as(collection).containsAll(actions));
    }

    @Test
    void readOnlyRole_permitsOnlyReadsAndIndexes() throws Exception {
        String actions = Documentation.find(READ_ONLY, roles()).get(0);

        assertThat(Documentation.find(ACTION, actions)).containsExactlyInAnyOrder("find", "createIndex");
    }

    /** Returns the actions that the commands of the service needed so far, by collection. */
    private static Map<String, Set<String>> actionsUsed(EmbeddedService service) {
        Map<String, Set<String>> used = new TreeMap<>();
        for (Timer timer : service.context()
                .getBean(MeterRegistry.class)
                .find("mongodb.driver.commands")
                .timers()) {
            String command = timer.getId().getTag("command");
            if (!OTHER_COMMANDS.contains(command)) {
                assertThat(ACTIONS_OF_COMMANDS).containsKey(command);
                used.computeIfAbsent(timer.getId().getTag("collection"), any -> new TreeSet<>())
                        .addAll(ACTIONS_OF_COMMANDS.get(command));
            }
        }
        return used;
    }

    private static Map<String, Set<String>> role() throws Exception {
        Map<String, Set<String>> role = new TreeMap<>();
        ROLE_LINE
                .matcher(roles())
                .results()
                .forEach(line -> role.put(line.group(1), new TreeSet<>(Documentation.find(ACTION, line.group(2)))));
        return role;
    }

    private static String roles() throws Exception {
        return Documentation.read("deploy/mongodb/roles.js");
    }

    /** Returns the position of the like. */
    private static String like(String author, Instant at) throws Exception {
        String body = "{\"postId\":\"p-1\",\"authorId\":\"" + author + "\",\"likerId\":\"bob\",\"at\":\"" + at + "\"}";
        HttpRequest post = HttpRequest.newBuilder(
                        URI.create(heartline.producer().url() + "/v1/likes"))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body))
                .build();
        String answer = HTTP.send(post, BodyHandlers.ofString()).body();
        return answer.replaceFirst(".*\"position\":\"([^\"]+)\".*", "$1");
    }

    private static String read(String path) throws Exception {
        return send(request(path).GET(), 200);
    }

    private static HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(heartline.reports().url() + path));
    }

    private static String send(HttpRequest.Builder request, int status) throws Exception {
        HttpResponse<String> answer = HTTP.send(request.build(), BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        return answer.body();
    }
}
