package io.heartline.reports.mongo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import de.bwaldvogel.mongo.MongoBackend;
import io.heartline.quickstart.backends.FreePorts;
import io.heartline.quickstart.backends.InProcessMongo;
import io.heartline.reports.ReportBatchApplication;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

/** A URI names one host, whose server is a member of a replica set. */
@Isolated("captures the output of the JVM")
@ExtendWith(OutputCaptureExtension.class)
class ReplicaSetUriCheckIT {

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir
    private Path folder;

    private volatile boolean isPrimary = true;

    @Test
    void oneMemberOfAReplicaSet_isLoggedAtStart_andNotReadyAfterAFailover(CapturedOutput log) throws Exception {
        int port = FreePorts.find(1)[0];
        UnaryOperator<MongoBackend> member = standalone -> FakeReplicaSetMember.member(standalone, () -> isPrimary);
        try (InProcessMongo mongo = InProcessMongo.inFile(folder.resolve("mongo"), port, member);
                ConfigurableApplicationContext batch = new SpringApplicationBuilder(ReportBatchApplication.class)
                        .run(
                                "--spring.config.name=report-batch",
                                "--server.port=0",
                                "--heartline.reports.schedule=-",
                                "--spring.mongodb.uri=" + mongo.database("heartline"))) {
            String url = "http://localhost:" + batch.getEnvironment().getProperty("local.server.port");

            await().until(() -> log.getAll().contains("ERROR")
                    && log.getAll().contains("add replicaSet=" + FakeReplicaSetMember.SET));
            await().until(() -> readiness(url).statusCode() == 200);
            assertThat(readiness(url).body()).contains("\"uri\":", "add replicaSet=" + FakeReplicaSetMember.SET);
            isPrimary = false;

            await().until(() -> readiness(url).statusCode() == 503); // a result is cached for one second
        }
    }

    private static HttpResponse<String> readiness(String url) throws Exception {
        HttpRequest probe = HttpRequest.newBuilder(URI.create(url + "/actuator/health/readiness"))
                .build();
        return HTTP.send(probe, BodyHandlers.ofString());
    }
}
