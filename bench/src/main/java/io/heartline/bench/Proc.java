package io.heartline.bench;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What Linux tells of processes in text. */
final class Proc {

    private static final double TICKS_PER_SECOND = 100; // USER_HZ, the same on every Linux
    private static final int UTIME = 11; // fields behind the command
    private static final int PAGE = 4096;
    private static final Pattern TCP_PAGES = Pattern.compile("(?m)^TCP: .*\\bmem (\\d+)");

    private Proc() {}

    /** User and system time in seconds, from {@code /proc/<pid>/stat}. */
    static double cpuSeconds(String stat) {
        // the second field is the command in brackets, which may hold blanks and brackets
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(fields[UTIME]) + Long.parseLong(fields[UTIME + 1])) / TICKS_PER_SECOND;
    }

    /** Of this process. */
    static double ownCpuSeconds() {
        return ProcessHandle.current()
                .info()
                .totalCpuDuration()
                .map(used -> used.toNanos() / 1e9)
                .orElseThrow(() -> new CannotMeasureException("the system does not tell how much CPU was used"));
    }

    /** Resident memory, from {@code /proc/<pid>/status}. */
    static long residentBytes(String status) {
        return bytes("VmRSS:", status);
    }

    /** The most that it ever was, from {@code /proc/<pid>/status}. */
    static long peakResidentBytes(String status) {
        return bytes("VmHWM:", status);
    }

    /** What the kernel keeps of objects such as sockets, from {@code /proc/meminfo}. */
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

    /** The buffers of all TCP sockets, from {@code /proc/net/sockstat}. */
    static long tcpBytes(String sockstat) {
        Matcher pages = TCP_PAGES.matcher(sockstat);
        if (!pages.find()) {
            throw new IllegalArgumentException("no TCP mem in " + sockstat);
        }
        return Long.parseLong(pages.group(1)) * PAGE;
    }
}
