package io.heartline.bench;

/**
 * What became of likes that were sent.
 *
 * @param refused answered with anything else than that they are in the log, or not at all
 * @param seconds until the last was answered
 * @param delays until each was answered; null if the way does not tell
 */
record Taken(long accepted, long refused, double seconds, Delays delays) {

    /** To be sent from a process to another. */
    String text() {
        return String.join(
                " ",
                Long.toString(accepted),
                Long.toString(refused),
                Double.toString(seconds),
                Double.toString(delays.p50()),
                Double.toString(delays.p99()),
                Double.toString(delays.p999()),
                Double.toString(delays.max()));
    }

    static Taken parse(String text) {
        String[] figures = text.split(" ");
        return new Taken(
                Long.parseLong(figures[0]),
                Long.parseLong(figures[1]),
                Double.parseDouble(figures[2]),
                new Delays(
                        Double.parseDouble(figures[3]),
                        Double.parseDouble(figures[4]),
                        Double.parseDouble(figures[5]),
                        Double.parseDouble(figures[6])));
    }

    /** @throws CannotMeasureException if the log has anything but what was acknowledged: a like was lost, or stands twice */
    void requireLogged(IngestTarget target, long logged) {
        if (logged != accepted) {
            throw new CannotMeasureException(Console.format(
                    "%s acknowledged %,d likes and refused %,d, but the log has %,d",
                    target, accepted, refused, logged));
        }
    }
}
