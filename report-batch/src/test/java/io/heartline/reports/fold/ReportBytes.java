package io.heartline.reports.fold;

import org.bson.Document;
import org.bson.RawBsonDocument;
import org.bson.codecs.DocumentCodec;

/** Converts reports to and from the bytes that the database stores. */
final class ReportBytes {

    private static final DocumentCodec CODEC = new DocumentCodec();

    private ReportBytes() {}

    /** Returns the bytes of the whole document. The version, which changes with each save, is always 1. */
    static byte[] bytes(WeeklyReport report) {
        return bytes(ReportDocument.of(report, 1));
    }

    /** Returns the whole document, whose fields the caller may change. */
    static Document document(WeeklyReport report) {
        return ReportDocument.of(report, 1).decode(CODEC);
    }

    static byte[] bytes(Document document) {
        return bytes(new RawBsonDocument(document, CODEC));
    }

    private static byte[] bytes(RawBsonDocument raw) {
        byte[] bytes = new byte[raw.getByteBuffer().remaining()];
        raw.getByteBuffer().get(bytes);
        return bytes;
    }

    static WeeklyReport savedAndLoaded(WeeklyReport report) {
        return ReportReader.read(new RawBsonDocument(bytes(report)));
    }

    static Figures figures(WeeklyReport report) {
        return ReportDocument.figures(document(report));
    }
}
