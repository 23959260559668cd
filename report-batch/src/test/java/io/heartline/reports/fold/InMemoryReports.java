package io.heartline.reports.fold;

import java.util.HashMap;
import java.util.Map;
import org.bson.Document;
import org.bson.RawBsonDocument;
import org.bson.codecs.DocumentCodec;

/** The documents of reports as a database stores them, for tests that compare many runs. */
public final class InMemoryReports {

    private final Map<ReportKey, byte[]> documents;

    /** Creates an empty collection. */
    public InMemoryReports() {
        this(new HashMap<>());
    }

    private InMemoryReports(Map<ReportKey, byte[]> documents) {
        this.documents = documents;
    }

    /**
     * Copies the documents.
     *
     * @return a copy that changes on its own
     */
    public InMemoryReports copy() {
        return new InMemoryReports(new HashMap<>(documents));
    }

    /**
     * Loads a report as a run does.
     *
     * @param key the key
     * @param epoch the epoch of a new report
     * @return the stored report, or an empty one
     */
    public WeeklyReport load(ReportKey key, String epoch) {
        byte[] document = documents.get(key);
        return document == null ? new WeeklyReport(key, epoch, 0) : ReportReader.read(new RawBsonDocument(document));
    }

    /**
     * Saves a report.
     *
     * @param report the report
     */
    public void save(WeeklyReport report) {
        documents.put(report.key(), ReportBytes.bytes(report));
    }

    /**
     * Reads a report as the API does.
     *
     * @param key the key
     * @return null if none is stored
     */
    public ReportStore.StoredReport read(ReportKey key) {
        byte[] document = documents.get(key);
        return document == null
                ? null
                : new ReportStore.StoredReport(
                        ReportDocument.figures(decode(document)), ReportDocument.storedLikers(decode(document)));
    }

    private static Document decode(byte[] document) {
        return new RawBsonDocument(document).decode(new DocumentCodec());
    }
}
