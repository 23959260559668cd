package io.heartline.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.reactivestreams.client.MongoClient;
import com.mongodb.reactivestreams.client.MongoClients;
import com.mongodb.reactivestreams.client.MongoCollection;
import io.heartline.quickstart.backends.InProcessMongo;
import io.heartline.reports.fold.KeyedHash;
import io.heartline.web.CapturedLog;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.bson.Document;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.reactivestreams.Publisher;
import org.springframework.boot.test.system.CapturedOutput;
import reactor.core.publisher.Mono;

/** A data folder whose reports were counted with another hash secret, or by a release without a hash secret. */
@Tag("slow")
@ExtendWith(CapturedLog.class)
class IncompatibleDataIT {

    /** All tests use this folder. Each of them leaves data that the quickstart accepts. */
    @TempDir
    private static Path folder;

    @BeforeAll
    static void createData() {
        new Heartline(FreePortSettings.of(folder, false, false)).close();
    }

    /** If the quickstart started, the test would not end, because the quickstart runs until it is stopped. */
    @ParameterizedTest
    @CsvSource({"komihash5, 1, , ", "siphash-2-4, 2, 0123456789abcdef, --secure"})
    @Timeout(value = 2, unit = TimeUnit.MINUTES)
    void quickstart_doesNotStart_andNamesFresh(String hash, int schema, String secretCheck, String option)
            throws Exception {
        inSettings(all -> all.replaceOne(
                new Document("_id", "reports"),
                new Document("_id", "reports")
                        .append("zone", "UTC")
                        .append("hash", hash)
                        .append("schema", schema)
                        .append("secretCheck", secretCheck)));
        StringWriter err = new StringWriter();

        int exit = Quickstart.commandLine()
                .setErr(new PrintWriter(err, true))
                .execute(
                        "--data=" + folder,
                        "--producer-port=0",
                        "--gateway-port=0",
                        "--reports-port=0",
                        option == null ? "--sample-traffic=false" : option);

        assertThat(exit).isEqualTo(1);
        assertThat(err.toString()).contains("another hash secret", "--fresh");
        new Heartline(FreePortSettings.of(folder, true, option != null)).close();
    }

    @Test
    void developmentKey_isSet_soThereIsNoWarning(CapturedOutput output) throws Exception {
        new Heartline(FreePortSettings.of(folder, false, false)).close();
        new Heartline(FreePortSettings.of(folder, false, true)).close();

        String starter = "[" + Thread.currentThread().getName() + "]"; // other classes start services without a secret
        assertThat(output.getAll().lines().filter(line -> line.contains(starter)))
                .isNotEmpty()
                .noneMatch(line -> line.contains("hash-secret"));
        Document stored = inSettings(MongoCollection::find);
        assertThat(stored).containsEntry("secretCheck", KeyedHash.development().checkValue());
    }

    private static <T> T inSettings(Function<MongoCollection<Document>, Publisher<T>> action) throws Exception {
        Path file = folder.resolve("mongo").resolve("heartline.h2");
        try (InProcessMongo mongo = InProcessMongo.inFile(file, 0);
                MongoClient client = MongoClients.create(mongo.database("heartline"))) {
            MongoCollection<Document> settings = client.getDatabase("heartline").getCollection("settings");
            return Mono.from(action.apply(settings)).block();
        }
    }
}
