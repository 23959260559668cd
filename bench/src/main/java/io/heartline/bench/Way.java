package io.heartline.bench;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A way of being told of an author's likes.
 *
 * @param every seconds between two requests; 0 where nobody asks again
 */
record Way(Kind kind, int every) {

    private static final Pattern NAME =
            Pattern.compile("(websocket|sse|long-poll|poll|report|nobody)(?:-([1-9][0-9]{0,3}))?");

    enum Kind {
        /** A gateway that nobody reads from: what it costs all the same. */
        NOBODY,
        WEBSOCKET,
        SSE,
        LONG_POLL,
        POLL,
        /** The weekly report, brought up to date and asked for as often. */
        REPORT
    }

    static Way of(String name) {
        Matcher named = NAME.matcher(name);
        if (named.matches()) {
            Kind kind = Kind.valueOf(named.group(1).toUpperCase().replace('-', '_'));
            int every = named.group(2) == null ? 0 : Integer.parseInt(named.group(2));
            if ((kind == Kind.POLL || kind == Kind.REPORT) == every > 0) {
                return new Way(kind, every);
            }
        }
        throw new TypeConversionException(
                "must be of nobody, websocket, sse, long-poll, poll-<seconds> and report-<seconds> but was '" + name
                        + "'");
    }

    /**
     * How many clients a measurement takes. A request costs more the fewer of them a server answers, so those who ask are as many
     * as it takes for all servers to answer equally many.
     *
     * @param connected of a way whose clients stay connected; an idle one takes so little that it shows in thousands only
     * @param longPolls of the way whose clients ask as often as they are told
     * @param requests a second, of a way whose clients ask every so often
     */
    int clients(int connected, int longPolls, int requests) {
        return kind == Kind.LONG_POLL ? longPolls : every == 0 ? connected : requests * every;
    }

    static final class Converter implements ITypeConverter<Way> {

        @Override
        public Way convert(String name) {
            return of(name);
        }
    }

    @Override
    public String toString() {
        String name = kind.name().toLowerCase().replace('_', '-');
        return every == 0 ? name : name + "-" + every;
    }
}
