package io.heartline.reports.fold;

import com.mongodb.ErrorCategory;
import com.mongodb.MongoBulkWriteException;
import com.mongodb.bulk.BulkWriteError;
import com.mongodb.bulk.BulkWriteResult;
import com.mongodb.client.model.BulkWriteOptions;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Projections;
import com.mongodb.client.model.ReplaceOneModel;
import com.mongodb.client.model.ReplaceOptions;
import com.mongodb.reactivestreams.client.MongoCollection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;
import org.bson.Document;
import org.bson.RawBsonDocument;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * One save of reports. It is optimistic: it replaces a stored report only if that has the version that was loaded.
 *
 * @param reports the reports
 * @param versions the version that each of them is saved under
 */
record ReportSave(List<WeeklyReport> reports, List<Long> versions) {

    static ReportSave of(List<WeeklyReport> reports) {
        return new ReportSave(
                reports, reports.stream().map(report -> randomVersion()).toList());
    }

    /**
     * Returns a version for the next save. It is random rather than consecutive, so that no two saves have the same
     * version. That includes the saves of two instances, and of two reports if the first one was deleted.
     */
    static long randomVersion() {
        return ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE);
    }

    /** Saves the reports. Returns the keys of the conflicts. Any other failure is an error. */
    Mono<Set<ReportKey>> apply(MongoCollection<Document> collection) {
        List<ReplaceOneModel<RawBsonDocument>> writes = IntStream.range(0, reports.size())
                .mapToObj(i -> replacement(reports.get(i), versions.get(i)))
                .toList();
        return Mono.from(collection
                        .withDocumentClass(RawBsonDocument.class)
                        .bulkWrite(writes, new BulkWriteOptions().ordered(false)))
                .flatMap(result -> replaceConflicts(result, collection))
                .onErrorResume(MongoBulkWriteException.class, e -> insertConflicts(e)
                        .flatMap(conflicts -> replaceConflicts(e.getWriteResult(), collection)
                                .doOnNext(conflicts::addAll)
                                .thenReturn(conflicts)));
    }

    private static ReplaceOneModel<RawBsonDocument> replacement(WeeklyReport report, long version) {
        // Only a new report may be inserted. If a stored report was deleted, an upsert would restore it.
        // If another instance inserted the report first, the upsert fails with a duplicate key.
        return new ReplaceOneModel<>(
                ReportStore.byVersion(report.key, report.version),
                ReportDocument.of(report, version),
                new ReplaceOptions().upsert(report.isNew()));
    }

    /** Returns the new reports that other instances inserted first. */
    private Mono<Set<ReportKey>> insertConflicts(MongoBulkWriteException e) {
        Set<ReportKey> conflicts = new HashSet<>();
        for (BulkWriteError error : e.getWriteErrors()) {
            if (ErrorCategory.fromErrorCode(error.getCode()) != ErrorCategory.DUPLICATE_KEY) {
                return Mono.error(e);
            }
            conflicts.add(reports.get(error.getIndex()).key);
        }
        // if the write concern failed, no write of the bulk is safe
        return e.getWriteConcernError() == null ? Mono.just(conflicts) : Mono.error(e);
    }

    /** Returns the stored reports that were not replaced, because they no longer have the version that was loaded. */
    private Mono<Set<ReportKey>> replaceConflicts(BulkWriteResult result, MongoCollection<Document> collection) {
        Map<String, Long> written = new HashMap<>();
        Map<String, ReportKey> keys = new HashMap<>();
        for (int i = 0; i < reports.size(); i++) {
            WeeklyReport report = reports.get(i);
            if (!report.isNew()) {
                written.put(report.key.toString(), versions.get(i));
                keys.put(report.key.toString(), report.key);
            }
        }
        if (result.getMatchedCount() == written.size()) {
            return Mono.just(Set.of());
        }
        // the result of a bulk write contains only their number
        return Flux.from(
                        collection.find(Filters.in("_id", written.keySet())).projection(Projections.include("version")))
                .filter(document -> written.get(document.getString("_id")).equals(document.getLong("version")))
                .map(document -> document.getString("_id"))
                .collect(() -> keys, Map::remove)
                .map(unmatched -> Set.copyOf(unmatched.values()));
    }
}
