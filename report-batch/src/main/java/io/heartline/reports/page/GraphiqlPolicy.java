package io.heartline.reports.page;

/**
 * The content security policy of GraphiQL's page: nothing of another origin, no evaluated text, and no inline scripts.
 * Unlike Heartline's own page, it does not require Trusted Types, because GraphiQL's documentation writes HTML. It
 * renders that HTML from descriptions in this service's schema.
 */
final class GraphiqlPolicy {

    /** The hash of the one style sheet that GraphiQL 2.4.7 creates itself: an open dialog keeps the page from scrolling. */
    private static final String STYLE_OF_DIALOGS = "'sha256-Y/huXlwoYkVyQlxwSVcCi1RCDGDCSVBzDt0hYP9qlTc='";

    static final String VALUE = String.join(
            "; ",
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self' " + STYLE_OF_DIALOGS,
            "img-src 'self'",
            "font-src data:", // GraphiQL's style sheet contains its fonts
            "connect-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'");

    private GraphiqlPolicy() {}
}
