package io.heartline.reports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** The threads that commands leave in their JVM. */
@Isolated("compares the threads of the JVM")
class ReportBatchCommandThreadsIT extends AbstractCommandIT {

    @Test
    void once_leavesNoThreadOfAMongoClient() throws Exception {
        createTopic();
        Set<Thread> before = Thread.getAllStackTraces().keySet(); // contexts of other classes stay open

        assertThat(run("--once")).isZero();

        // Netty reports that a thread has ended in that thread's last steps
        await().untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
                .filteredOn(thread -> !before.contains(thread))
                .extracting(Thread::getName)
                .noneMatch(name -> name.startsWith("mongodb") || name.contains("EventLoopGroup")));
    }
}
