package io.heartline.bench;

/** What Linux tells of processes in text. */
final class Proc {

    private static final double TICKS_PER_SECOND = 100; // USER_HZ, the same on every Linux
    private static final int UTIME = 11; // fields behind the command

    private Proc() {}

    /** User and system time in seconds, from {@code /proc/<pid>/stat}. */
    static double cpuSeconds(String stat) {
        // the second field is the command in brackets, which may hold blanks and brackets
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(fields[UTIME]) + Long.parseLong(fields[UTIME + 1])) / TICKS_PER_SECOND;
    }

    /** Resident memory, from {@code /proc/<pid>/status}. */
    static long residentBytes(String status) {
        return status.lines()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                .findAny()
                .orElseThrow(() -> new IllegalArgumentException("no VmRSS: the process has ended"));
    }
}
