package io.heartline.reports.progress;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.reports.fold.ReportStore;
import io.heartline.reports.kafka.KafkaClients;
import io.heartline.reports.kafka.TestTopic;
import io.heartline.reports.worker.BatchInstance;
import io.heartline.reports.worker.TestDatabase;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** Snapshots of one instance while another one folds. */
class LogSnapshotIT {

    private final TestDatabase database = new TestDatabase();

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void laterRecordsAreFoldedBetweenBothReads_thereIsNoGap() throws Exception {
        TestTopic likes = TestTopic.create(2);
        BatchInstance other = database.batch(likes);
        likes.append(TestDatabase.randomLikes(100));
        other.run();
        ProgressStore progress = new ProgressStore(database.mongo) {
            @Override
            public Mono<Map<Integer, Progress>> all() {
                return Mono.fromCallable(() -> {
                            likes.append(TestDatabase.randomLikes(100, 1));
                            return other.run();
                        })
                        .then(super.all());
            }
        };
        KafkaClients clients = likes.clients(100);
        try (Admin admin = clients.admin();
                Consumer<byte[], byte[]> consumer = clients.consumer()) {
            LogSnapshot snapshot = LogSnapshot.take(admin, consumer, likes.log(), progress, database.clock);

            LogSnapshot initialized = snapshot.initializeProgress(consumer, progress, new ReportStore(database.mongo));

            assertThat(initialized.hasWork()).isFalse();
            assertThat(initialized.progress().values())
                    .allSatisfy(current -> assertThat(current.next()).isEqualTo(initialized.end(current.partition())));
        }
    }
}
