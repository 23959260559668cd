package io.heartline.reports.read;

import static org.assertj.core.api.Assertions.assertThat;

import de.bwaldvogel.mongo.MongoBackend;
import io.heartline.quickstart.backends.FreePorts;
import io.heartline.quickstart.backends.InProcessMongo;
import io.heartline.reports.ReportBatchApplication;
import io.heartline.reports.mongo.FakeReplicaSetMember;
import io.heartline.reports.mongo.FindCommandRecorder;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.bson.BsonDocument;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.mongodb.autoconfigure.MongoClientSettingsBuilderCustomizer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

/** The reads of a request on a server that claims to be a primary with sessions, and on a server without sessions. */
class CausalReadsIT {

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir
    private Path folder;

    private final FindCommandRecorder finds = new FindCommandRecorder();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/authors/alice/reports/2026-W47",
                "/v1/authors/alice/reports?from=2026-W46&to=2026-W47",
                "/v1/authors/alice/reports?from=2026-W46&to=2026-W47&format=csv"
            })
    void onAReplicaSet_reportIsReadAfterTheTimeOfProgress(String path) throws Exception {
        get(path, FakeReplicaSetMember::primary);

        BsonDocument progress = find("progress");
        BsonDocument report = find("weeklyReports");
        assertThat(report.get("lsid")).isNotNull();
        assertThat(finds.commands).as("progress is read first").containsSubsequence(progress, report);
        assertThat(progress.getDocument("readConcern").get("afterClusterTime")).isNull();
        assertThat(report.getDocument("readConcern")
                        .getTimestamp("afterClusterTime")
                        .getTime())
                .isPositive();
        assertThat(report.getDocument("readConcern").getString("level").getValue())
                .isEqualTo("majority");
    }

    @ParameterizedTest
    @ValueSource(strings = "/v1/authors/alice/reports/2026-W47")
    void onAStandaloneServer_noSessionIsUsed(String path) throws Exception {
        get(path, standalone -> standalone);

        assertThat(find("weeklyReports").get("lsid")).isNull();
    }

    private void get(String path, UnaryOperator<MongoBackend> wrap) throws Exception {
        int port = FreePorts.find(1)[0];
        try (InProcessMongo mongo = InProcessMongo.inFile(folder.resolve("mongo"), port, wrap);
                ConfigurableApplicationContext batch = start(mongo.database("heartline"))) {
            finds.commands.clear();
            String url = "http://localhost:" + batch.getEnvironment().getProperty("local.server.port");
            HttpRequest request = HttpRequest.newBuilder(URI.create(url + path)).build();

            assertThat(HTTP.send(request, BodyHandlers.discarding()).statusCode())
                    .isEqualTo(200);
        }
    }

    private ConfigurableApplicationContext start(String database) {
        return new SpringApplicationBuilder(ReportBatchApplication.class)
                .initializers(context -> ((GenericApplicationContext) context)
                        .registerBean(
                                "heard",
                                MongoClientSettingsBuilderCustomizer.class,
                                () -> mongo -> mongo.addCommandListener(finds)))
                .run(
                        "--spring.config.name=report-batch",
                        "--server.port=0",
                        "--heartline.reports.schedule=-",
                        "--spring.mongodb.uri=" + database);
    }

    /** Returns the first read of a collection since the service has started. */
    private BsonDocument find(String collection) {
        return finds.commands.stream()
                .filter(find -> find.getString("find").getValue().equals(collection))
                .findFirst()
                .orElseThrow();
    }
}
