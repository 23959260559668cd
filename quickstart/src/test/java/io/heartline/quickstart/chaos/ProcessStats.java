package io.heartline.quickstart.chaos;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The resources that a JVM uses at one moment. Works on Linux only, for a JVM with the options {@link #JVM_OPTIONS}.
 *
 * @param heap the bytes of reachable objects, after a full garbage collection
 * @param threads the number of threads
 * @param files the number of open files
 * @param resident the bytes of resident memory, after malloc has returned its free memory
 * @param nativeMemory the bytes that the JVM has committed, including the heap
 */
record ProcessStats(long heap, long threads, long files, long resident, long nativeMemory) {

    /** The options of a JVM that is measured. The heap is committed at the start, so that only other memory can grow. */
    static final List<String> JVM_OPTIONS =
            List.of("-Xms256m", "-Xmx256m", "-XX:+AlwaysPreTouch", "-XX:NativeMemoryTracking=summary");

    private static final Pattern LIVE = Pattern.compile("^Total +\\d+ +(\\d+)", Pattern.MULTILINE);
    private static final Pattern COMMITTED = Pattern.compile("^Total: .*committed=(\\d+)KB", Pattern.MULTILINE);
    private static final Pattern RESIDENT = Pattern.compile("^VmRSS:\\s+(\\d+) kB", Pattern.MULTILINE);
    private static final Pattern THREADS = Pattern.compile("^Threads:\\s+(\\d+)", Pattern.MULTILINE);

    static ProcessStats of(JavaProcess process) throws IOException {
        long pid = process.pid();
        long heap = number(LIVE, jcmd(pid, "GC.class_histogram")); // starts with a full garbage collection
        // the C library keeps memory that the JVM's compilers have freed, and it stays resident unless it is trimmed
        jcmd(pid, "System.trim_native_heap");
        Path proc = Path.of("/proc", Long.toString(pid));
        String status = Files.readString(proc.resolve("status"));
        return new ProcessStats(
                heap,
                number(THREADS, status),
                count(proc.resolve("fd")),
                number(RESIDENT, status) * 1024,
                number(COMMITTED, jcmd(pid, "VM.native_memory", "summary")) * 1024);
    }

    private static long count(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.count();
        }
    }

    private static String jcmd(long pid, String... command) throws IOException {
        List<String> arguments = Stream.concat(
                        Stream.of(
                                Path.of(System.getProperty("java.home"), "bin", "jcmd")
                                        .toString(),
                                Long.toString(pid)),
                        Stream.of(command))
                .toList();
        Process jcmd = new ProcessBuilder(arguments).redirectErrorStream(true).start();
        return new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    private static long number(Pattern pattern, String text) throws IOException {
        Matcher found = pattern.matcher(text);
        if (!found.find()) {
            throw new IOException("no " + pattern + " in " + text);
        }
        return Long.parseLong(found.group(1));
    }
}
