package io.heartline.web.security;

import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs each refused origin once, because it may be missing in the settings. Clients can send any origin, so the number of lines and
 * the length of each are limited.
 */
final class RefusedOrigins {

    static final String SETTING = "heartline.security.allowed-origins";

    static final int MAX_LOGGED = 100;

    private static final Logger logger = LoggerFactory.getLogger(RefusedOrigins.class);

    /** The form of an origin that browsers send. Any other value is not logged. */
    private static final Pattern ORIGIN = Pattern.compile("null|[a-z][a-z0-9+.-]{0,31}://[a-z0-9.:\\[\\]_-]{0,261}");

    private final Set<String> logged = new HashSet<>();

    /**
     * Logs an origin, unless it was logged before or {@value #MAX_LOGGED} others were.
     *
     * @param origin the header {@code Origin} of a refused request; null if the request has none
     */
    synchronized void log(@Nullable String origin) {
        if (origin != null
                && logged.size() < MAX_LOGGED
                && ORIGIN.matcher(origin).matches()
                && logged.add(origin)) {
            logger.info(
                    "Requests of pages of {} are refused with 403. If these pages are yours, add this origin to {}",
                    origin,
                    SETTING);
            if (logged.size() == MAX_LOGGED) {
                logger.info("Further refused origins are not logged");
            }
        }
    }
}
