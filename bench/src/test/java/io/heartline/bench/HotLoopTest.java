package io.heartline.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collection;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

class HotLoopTest {

    static {
        System.setProperty("jmh.ignoreLock", "true"); // nothing is measured that somebody else's run could spoil
    }

    /** Once each, in this JVM: that they run says nothing of what they cost, but a service may change under them. */
    @Test
    void everyBenchmark_runs_andHasItsFigures() throws RunnerException {
        List<HotLoop> loops = once(".*").stream().map(HotLoop::of).toList();

        assertThat(loops)
                .extracting(HotLoop::name)
                .contains("Frame.encode", "LookUp.unfollowed", "Digest.digest", "Event.parse", "Fold.newPair");
        assertThat(loops).allSatisfy(loop -> {
            assertThat(loop.nanos()).isPositive();
            assertThat(loop.error()).as("of one iteration").isNull();
            assertThat(loop.bytes()).isNotNegative();
        });
    }

    @Test
    void aBenchmarkIsNamedByItsClassAndMethod_andItsParameters() throws RunnerException {
        assertThat(once("DigestBenchmark").stream().map(HotLoop::of))
                .extracting(loop -> loop.name() + " " + loop.parameters())
                .containsExactly("Digest.digest posts=3", "Digest.digest posts=1000");
        assertThat(once("EventBenchmark.parse").stream().map(HotLoop::of))
                .extracting(HotLoop::parameters)
                .containsOnlyNulls();
    }

    private static Collection<RunResult> once(String benchmarks) throws RunnerException {
        return new Runner(new OptionsBuilder()
                        .include(benchmarks)
                        .param("followed", "1")
                        .forks(0)
                        .mode(Mode.SingleShotTime)
                        .warmupIterations(0)
                        .measurementIterations(1)
                        .addProfiler(GCProfiler.class)
                        .shouldFailOnError(true)
                        .verbosity(VerboseMode.SILENT)
                        .build())
                .run();
    }
}
