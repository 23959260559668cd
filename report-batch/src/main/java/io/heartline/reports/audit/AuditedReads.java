package io.heartline.reports.audit;

import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** The reports that one GraphQL request reads, which its URL does not name. Thread-safe: fields are read concurrently. */
public final class AuditedReads {

    private static final String ATTRIBUTE = AuditedReads.class.getName();

    private final Queue<Read> reads = new ConcurrentLinkedQueue<>();

    /**
     * A read of one report, of several reports of one author, or of the reports of all authors.
     *
     * @param author null for all authors
     * @param target the path of the same resource in the REST API
     */
    record Read(@Nullable String author, String target) {}

    /**
     * Returns the reads of a request. If the request is not audited, reads that are added to the result are not logged.
     *
     * @param attributes the attributes of the request's exchange
     * @return the reads, to which a query can add
     */
    public static AuditedReads of(Map<String, Object> attributes) {
        return attributes.get(ATTRIBUTE) instanceof AuditedReads auditedReads ? auditedReads : new AuditedReads();
    }

    static AuditedReads attach(Map<String, Object> attributes) {
        AuditedReads auditedReads = new AuditedReads();
        attributes.put(ATTRIBUTE, auditedReads);
        return auditedReads;
    }

    /**
     * Adds a read.
     *
     * @param author null for all authors
     * @param target the path of the same resource in the REST API
     */
    public void add(@Nullable String author, String target) {
        reads.add(new Read(author, target));
    }

    List<Read> reads() {
        return List.copyOf(reads);
    }
}
