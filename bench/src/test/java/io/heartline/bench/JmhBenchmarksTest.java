package io.heartline.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collection;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

class JmhBenchmarksTest {

    static {
        System.setProperty("jmh.ignoreLock", "true"); // nothing is measured, so a concurrent run of JMH does no harm
    }

    /** Runs each benchmark once in this JVM, because a service may change under them. Their times mean nothing. */
    @Test
    void everyBenchmark_runs() throws RunnerException {
        Collection<RunResult> results = new Runner(new OptionsBuilder()
                        .param("followed", "1")
                        .forks(0)
                        .mode(Mode.SingleShotTime)
                        .warmupIterations(0)
                        .measurementIterations(1)
                        .shouldFailOnError(true)
                        .verbosity(VerboseMode.SILENT)
                        .build())
                .run();

        assertThat(results)
                .extracting(result -> result.getParams().getBenchmark().replaceAll(".*\\.(\\w+)Benchmark\\.", "$1."))
                .contains("Frame.encode", "LookUp.unfollowed", "Like.read");
    }
}
