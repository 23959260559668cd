package io.heartline.bench;

import java.util.Map;
import java.util.stream.Collectors;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;

/**
 * What JMH has measured of one benchmark.
 *
 * @param name the class without its package and without {@code Benchmark}, and the method
 * @param parameters null if it has none
 * @param nanos for each operation
 * @param error half of the interval that has the mean with 99.9 %; null if it takes more iterations to tell
 * @param bytes allocated for each operation; null if this JVM does not tell
 */
record HotLoop(String name, String parameters, double nanos, Double error, Double bytes) {

    private static final String RATE = "gc.alloc.rate";
    private static final String RATE_PER_OPERATION = "gc.alloc.rate.norm";

    static HotLoop of(RunResult result) {
        BenchmarkParams benchmark = result.getParams();
        String parameters = benchmark.getParamsKeys().stream()
                .map(key -> key + "=" + benchmark.getParam(key))
                .collect(Collectors.joining(", "));
        return new HotLoop(
                name(benchmark.getBenchmark()),
                parameters.isEmpty() ? null : parameters,
                result.getPrimaryResult().getScore(),
                figure(result.getPrimaryResult().getScoreError()),
                bytes(result.getSecondaryResults()));
    }

    static String name(String benchmark) {
        return benchmark
                .substring(benchmark.lastIndexOf('.', benchmark.lastIndexOf('.') - 1) + 1)
                .replace("Benchmark.", ".");
    }

    /** Where nothing was allocated in the whole iteration, JMH gives a rate, and none for each operation. */
    @SuppressWarnings("rawtypes") // as JMH has it
    private static Double bytes(Map<String, Result> figures) {
        Result each = figures.get(RATE_PER_OPERATION);
        if (each != null) {
            return figure(each.getScore());
        }
        Result rate = figures.get(RATE);
        return rate == null ? null : figure(rate.getScore());
    }

    private static Double figure(double score) {
        return Double.isNaN(score) ? null : score;
    }
}
