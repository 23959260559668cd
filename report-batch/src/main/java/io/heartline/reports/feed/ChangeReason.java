package io.heartline.reports.feed;

/** The reasons of changes. Their names are those of the API and of the stored changes. */
public enum ChangeReason {
    /** The week of the report was sealed. */
    sealed,
    /** The report of a sealed week has changed, or its first likes came after its week was sealed. */
    corrected,
    /** The author was erased, so a mirror has to delete the report. */
    erased
}
