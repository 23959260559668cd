package io.heartline.reports.fold;

import com.mongodb.bulk.BulkWriteResult;
import com.mongodb.client.model.Projections;
import com.mongodb.client.model.UpdateOneModel;
import com.mongodb.client.model.Updates;
import com.mongodb.reactivestreams.client.MongoCollection;
import io.heartline.reports.fold.ReportStore.ReportVersion;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * The growth of reports: their likes minus those of the week before. Each report stores it, because the ranking by growth needs an
 * index. A report keeps the likes of the week before when it is saved, so most saves read nothing. If the week before changes later,
 * {@link #settle} corrects the report.
 */
public final class ReportGrowth {

    private static final int MAX_ATTEMPTS = 20;
    private static final Bson FIELDS =
            Projections.include("week", "authorId", "likes", ReportDocument.GROWTH, "version", ReportDocument.ERASURE);

    private final Mono<MongoCollection<Document>> reports;

    /**
     * Creates the growth of the reports of a store.
     *
     * @param store the reports
     */
    public ReportGrowth(ReportStore store) {
        reports = store.collection();
    }

    /** The part of a stored report that growth depends on. */
    private record Stored(
            ReportKey key,
            long likes,
            @Nullable Long growth,
            long version,
            @Nullable String erasure) {

        static Stored of(Document document) {
            ReportVersion version = ReportDocument.version(document);
            return new Stored(
                    version.key(),
                    document.getLong("likes"),
                    document.getLong(ReportDocument.GROWTH),
                    version.version(),
                    version.erasure());
        }

        /** Returns the likes of the week before, if that report is from after the same erasure; otherwise 0. */
        private static long likesOf(@Nullable Stored previous, @Nullable String erasure) {
            return previous == null || !Objects.equals(previous.erasure, erasure) ? 0 : previous.likes;
        }
    }

    /**
     * Reads the likes of the week before for each report that does not know them. These are new reports, and reports that a release
     * without growth has saved.
     *
     * @param changedReports the reports that are about to be saved
     * @return completes when all reports know these likes
     */
    public Mono<Void> complete(Collection<WeeklyReport> changedReports) {
        List<WeeklyReport> incomplete = changedReports.stream()
                .filter(report -> report.previousLikes == null)
                .toList();
        return incomplete.isEmpty()
                ? Mono.empty()
                : find(incomplete.stream().map(report -> previous(report.key)).toList())
                        .doOnNext(stored -> incomplete.forEach(report -> report.previousLikes =
                                Stored.likesOf(stored.get(previous(report.key)), report.erasure)))
                        .then();
    }

    /**
     * Corrects the growth of stored reports. Called after each save, and before progress advances. So an interrupted call is repeated
     * when the records are pulled again.
     *
     * @param changed the keys of the reports that may have changed; the weeks after them are corrected
     * @param inserted the keys of new reports, which are corrected, too. Another instance may have saved the week before after
     *     {@link #complete} had read it, when the new report did not exist yet
     * @return completes when the growth of all these weeks is right. Fails if other instances keep saving these reports
     */
    public Mono<Void> settle(Collection<ReportKey> changed, Collection<ReportKey> inserted) {
        return settle(
                changed.stream().map(ReportGrowth::next).collect(Collectors.toSet()),
                Set.copyOf(inserted),
                MAX_ATTEMPTS);
    }

    private Mono<Void> settle(Set<ReportKey> following, Set<ReportKey> inserted, int attempts) {
        // most reports have no following week yet, and most new reports no week before, so this read returns few
        // documents
        return find(Stream.concat(following.stream(), inserted.stream().map(ReportGrowth::previous))
                        .distinct()
                        .toList())
                .map(found -> Stream.concat(
                                following.stream().filter(found::containsKey),
                                inserted.stream().filter(key -> found.containsKey(previous(key))))
                        .collect(Collectors.toSet()))
                .filter(keys -> !keys.isEmpty())
                .flatMap(keys -> find(keys.stream()
                                .flatMap(key -> Stream.of(previous(key), key))
                                .distinct()
                                .toList())
                        .map(stored -> corrections(keys, stored)))
                .filter(corrections -> !corrections.isEmpty())
                .flatMap(corrections -> attempts == 0
                        ? Mono.error(new IllegalStateException("other instances keep saving the same "
                                + corrections.size() + " reports or the weeks before them"))
                        // read once more, because another instance may have saved a week meanwhile
                        : write(corrections).then(settle(following, inserted, attempts - 1)));
    }

    /**
     * Returns the updates of reports with a wrong growth. An update changes the version, so that an instance that has loaded the report
     * loads it again.
     */
    private static List<UpdateOneModel<Document>> corrections(Set<ReportKey> keys, Map<ReportKey, Stored> stored) {
        List<UpdateOneModel<Document>> corrections = new ArrayList<>();
        for (ReportKey key : keys) {
            Stored report = stored.get(key);
            if (report == null) { // deleted meanwhile
                continue;
            }
            long growth = report.likes - Stored.likesOf(stored.get(previous(key)), report.erasure);
            if (!Objects.equals(report.growth, growth)) {
                corrections.add(new UpdateOneModel<>(
                        ReportStore.byVersion(key, report.version),
                        Updates.combine(
                                Updates.set(ReportDocument.GROWTH, growth),
                                Updates.set("version", ReportSave.randomVersion()))));
            }
        }
        return corrections;
    }

    private Mono<BulkWriteResult> write(List<UpdateOneModel<Document>> corrections) {
        return reports.flatMap(collection -> Mono.from(collection.bulkWrite(corrections)));
    }

    private Mono<Map<ReportKey, Stored>> find(Collection<ReportKey> keys) {
        return reports.flatMapMany(
                        collection -> collection.find(ReportStore.byId(keys)).projection(FIELDS))
                .map(Stored::of)
                .collect(HashMap::new, (found, stored) -> found.put(stored.key, stored));
    }

    private static ReportKey previous(ReportKey key) {
        return new ReportKey(key.week().minusWeeks(1), key.authorId());
    }

    private static ReportKey next(ReportKey key) {
        return new ReportKey(key.week().plusWeeks(1), key.authorId());
    }
}
