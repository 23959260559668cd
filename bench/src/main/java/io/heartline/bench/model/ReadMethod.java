package io.heartline.bench.model;

import java.util.EnumSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.TypeConversionException;

/**
 * A method by which clients read an author's likes.
 *
 * @param every seconds between two requests of a client, or between two events of a live report; 0 for a method without an interval
 */
public record ReadMethod(Kind kind, int every) {

    private static final Pattern NAME =
            Pattern.compile("(websocket|sse|long-poll|poll|report|live-report|nobody)(?:-([1-9][0-9]{0,3}))?");

    public enum Kind {
        /** A gateway without clients, to measure its basic cost. */
        NOBODY,
        WEBSOCKET,
        SSE,
        LONG_POLL,
        POLL,
        /** Reads of the weekly report, which a batch run updates as often. */
        REPORT,
        /** The weekly report as an event stream, which follows the likes without runs. */
        LIVE_REPORT
    }

    public static ReadMethod of(String name) {
        Matcher named = NAME.matcher(name);
        if (named.matches()) {
            Kind kind = Kind.valueOf(named.group(1).toUpperCase().replace('-', '_'));
            int every = named.group(2) == null ? 0 : Integer.parseInt(named.group(2));
            if (EnumSet.of(Kind.POLL, Kind.REPORT, Kind.LIVE_REPORT).contains(kind) == every > 0) {
                return new ReadMethod(kind, every);
            }
        }
        throw new TypeConversionException(
                "must be `nobody`, websocket, sse, long-poll, poll-<seconds>, report-<seconds> or live-report-<seconds>"
                        + " but was '" + name + "'");
    }

    /** Returns whether the report batch serves the clients, and not the push gateway. */
    public boolean isOfReports() {
        return kind == Kind.REPORT || kind == Kind.LIVE_REPORT;
    }

    /**
     * Returns how many clients a measurement has. A request costs more if a server answers fewer of them, so all methods with an
     * interval send the same number of requests per second.
     *
     * @param connected clients of a method that stays connected; an idle one costs so little that only thousands are measurable
     * @param longPolls clients that poll after each answer
     * @param requests per second, of a method with an interval
     */
    public int clients(int connected, int longPolls, int requests) {
        boolean asks = kind == Kind.POLL || kind == Kind.REPORT;
        return asks ? requests * every : kind == Kind.LONG_POLL ? longPolls : connected;
    }

    @Override
    public String toString() {
        String name = kind.name().toLowerCase().replace('_', '-');
        return every == 0 ? name : name + "-" + every;
    }
}
