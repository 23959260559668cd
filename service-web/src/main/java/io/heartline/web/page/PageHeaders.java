package io.heartline.web.page;

import org.springframework.http.HttpHeaders;

/** The headers of a page for people, and of the files that it loads. They are set in both modes; Spring Security acts in one only. */
public final class PageHeaders {

    /** The name of the header that limits what a page loads. */
    public static final String CONTENT_SECURITY_POLICY = "Content-Security-Policy";

    /** Nothing is loaded, run or framed: for a page that is text alone, and for a file that a browser opens by itself. */
    private static final String LOAD_NOTHING =
            "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private PageHeaders() {}

    /**
     * Adds the headers of a page or file that loads nothing.
     *
     * @param headers the headers of the response
     */
    public static void addTo(HttpHeaders headers) {
        addTo(headers, LOAD_NOTHING);
    }

    /**
     * Adds the headers of a page with a policy of its own.
     *
     * @param headers the headers of the response
     * @param contentSecurityPolicy the value of {@code Content-Security-Policy}
     */
    public static void addTo(HttpHeaders headers, String contentSecurityPolicy) {
        headers.set(CONTENT_SECURITY_POLICY, contentSecurityPolicy);
        headers.set("Cross-Origin-Opener-Policy", "same-origin");
        headers.set("Cross-Origin-Resource-Policy", "same-origin");
        headers.set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()");
        headers.set("Referrer-Policy", "no-referrer");
        headers.set("X-Content-Type-Options", "nosniff");
    }
}
