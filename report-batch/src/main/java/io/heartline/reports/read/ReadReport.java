package io.heartline.reports.read;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A report that was read, with room for its serialized form, which requests of an unchanged report share. */
public final class ReadReport {

    private final ReportView view;
    private volatile @Nullable Rendering rendering;

    ReadReport(ReportView view) {
        this.view = view;
    }

    /**
     * A serialized report.
     *
     * @param body the bytes of the body, which must not be changed
     * @param tag the entity tag of the figures
     */
    public record Rendering(byte[] body, String tag) {}

    /**
     * Returns the report as the API returns it.
     *
     * @return the report
     */
    public ReportView view() {
        return view;
    }

    /**
     * Returns the serialized form.
     *
     * @param render serializes the report; called for the first request only, or for a few concurrent ones
     * @return the form that {@code render} has returned
     */
    public Rendering rendering(Function<ReportView, Rendering> render) {
        Rendering current = rendering;
        if (current == null) {
            current = render.apply(view);
            rendering = current;
        }
        return current;
    }
}
