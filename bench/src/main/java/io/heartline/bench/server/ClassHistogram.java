package io.heartline.bench.server;

import io.heartline.bench.result.Console;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The reachable objects of a JVM by class, from {@code jcmd GC.class_histogram}. */
public final class ClassHistogram {

    /** For example {@code 1: 30000 2400000 [B (java.base@17.0.21)}. */
    private static final Pattern LINE = Pattern.compile("\\s*\\d+:\\s+(\\d+)\\s+(\\d+)\\s+(\\S+).*");

    private static final Count NONE = new Count(0, 0);

    private record Count(long objects, long bytes) {

        Count plus(Count other) {
            return new Count(objects + other.objects, bytes + other.bytes);
        }

        Count minus(Count other) {
            return new Count(objects - other.objects, bytes - other.bytes);
        }
    }

    private final Map<String, Count> classes = new HashMap<>();

    /** @throws IllegalArgumentException if the text is no histogram */
    ClassHistogram(String text) {
        text.lines().map(LINE::matcher).filter(Matcher::matches).forEach(line -> {
            Count count = new Count(Long.parseLong(line.group(1)), Long.parseLong(line.group(2)));
            classes.merge(line.group(3), count, Count::plus); // two class loaders may have a class of the same name
        });
        if (classes.isEmpty()) {
            throw new IllegalArgumentException("no histogram: " + text);
        }
    }

    long bytes() {
        return classes.values().stream().mapToLong(Count::bytes).sum();
    }

    /**
     * Returns lines with the bytes and objects per client by which classes have grown since an earlier histogram. The class with
     * the most bytes comes first.
     *
     * @param limit the maximum number of lines
     */
    public List<String> growth(ClassHistogram before, int clients, int limit) {
        Map<String, Count> grown = new HashMap<>();
        classes.forEach((name, count) -> grown.put(name, count.minus(before.classes.getOrDefault(name, NONE))));
        return grown.entrySet().stream()
                .sorted(Comparator.comparingLong(entry -> -entry.getValue().bytes()))
                .limit(limit)
                .map(entry -> {
                    Count count = entry.getValue();
                    return Console.format(
                            "%7.1f bytes in %5.2f of %s",
                            (double) count.bytes() / clients, (double) count.objects() / clients, entry.getKey());
                })
                .toList();
    }
}
