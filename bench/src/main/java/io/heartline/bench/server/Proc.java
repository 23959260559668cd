package io.heartline.bench.server;

import io.heartline.bench.result.CannotMeasureException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads Linux's text files about processes. */
public final class Proc {

    private static final int PAGE = 4096;
    private static final Pattern TCP_PAGES = Pattern.compile("(?m)^TCP: .*\\bmem (\\d+)");

    private Proc() {}

    /** Returns the user and system time of a process in seconds. On Linux it counts in ticks of 10 ms. */
    static double cpuSeconds(ProcessHandle process) {
        return process.info()
                .totalCpuDuration()
                .map(used -> used.toNanos() / 1e9)
                .orElseThrow(() -> new CannotMeasureException("the system does not report the CPU of a process"));
    }

    /** Returns the user and system time of the bench in seconds. */
    public static double ownCpuSeconds() {
        return cpuSeconds(ProcessHandle.current());
    }

    /** Returns resident memory in bytes, from {@code /proc/<pid>/status}. */
    static long residentBytes(String status) {
        return bytes("VmRSS:", status);
    }

    /** Returns the largest resident memory so far in bytes, from {@code /proc/<pid>/status}. */
    static long peakResidentBytes(String status) {
        return bytes("VmHWM:", status);
    }

    /** Returns the bytes of kernel objects such as sockets, from {@code /proc/meminfo}. */
    static long slabBytes(String meminfo) {
        return bytes("Slab:", meminfo);
    }

    private static long bytes(String name, String lines) {
        return lines.lines()
                .filter(line -> line.startsWith(name))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                .findAny()
                .orElseThrow(() -> new IllegalArgumentException("no " + name + " in " + lines));
    }

    /** Returns the bytes of all TCP sockets' buffers, from {@code /proc/net/sockstat}. */
    static long tcpBytes(String sockstat) {
        Matcher pages = TCP_PAGES.matcher(sockstat);
        if (!pages.find()) {
            throw new IllegalArgumentException("no TCP mem in " + sockstat);
        }
        return Long.parseLong(pages.group(1)) * PAGE;
    }
}
