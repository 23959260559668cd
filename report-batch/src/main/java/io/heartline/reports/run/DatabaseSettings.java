package io.heartline.reports.run;

import io.heartline.reports.DifferentSettingsException;
import io.heartline.reports.fold.ReportStore;
import io.heartline.reports.fold.WeeklyReport;
import java.time.DateTimeException;
import java.time.ZoneId;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.data.annotation.Id;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.data.mongodb.core.mapping.Document;
import reactor.core.publisher.Mono;

/**
 * The settings that all reports of a database have to be counted with. The first instance writes them, and every instance
 * compares its own with them.
 */
public class DatabaseSettings {

    private static final String ONLY = "reports";

    private final ReactiveMongoTemplate mongo;
    private final Stored ours;
    private volatile boolean isSame;

    /**
     * The only document of its collection.
     *
     * @param zone where a day and a week begin
     * @param hash of the ids in sets and sketches
     * @param schema of the reports
     */
    @Document("settings")
    record Stored(@Id String id, String zone, String hash, int schema) {

        boolean isSameAs(Stored other) {
            return hash.equals(other.hash) && schema == other.schema && isSameZone(zone, other.zone);
        }

        /** Compares the rules: Etc/UTC, for example, is UTC. */
        private static boolean isSameZone(String one, String other) {
            try {
                return one.equals(other)
                        || ZoneId.of(one).getRules().equals(ZoneId.of(other).getRules());
            } catch (DateTimeException e) { // this JVM does not know the zone
                return false;
            }
        }

        String text() {
            return "zone " + zone + ", hash " + hash + ", schema " + schema;
        }
    }

    public DatabaseSettings(ReactiveMongoTemplate mongo, ZoneId zone) {
        this.mongo = mongo;
        this.ours = new Stored(ONLY, zone.getId(), WeeklyReport.HASH_NAME, ReportStore.SCHEMA);
    }

    /**
     * Compares, and writes ours if there are none. Fails with a {@link DifferentSettingsException} if they are different, and
     * with MongoDB's exception if it does not answer.
     */
    public Mono<Void> check() {
        return stored().switchIfEmpty(Mono.defer(this::insert)).flatMap(this::compare);
    }

    /** Does the same for a caller that must not write. */
    public Mono<Void> compare() {
        return stored().flatMap(this::compare);
    }

    /** Compares unless the last comparison found them equal. For callers that ask with every request. */
    public Mono<Void> checkOnce() {
        return Mono.defer(() -> isSame ? Mono.empty() : check());
    }

    private Mono<Stored> stored() {
        return mongo.findById(ONLY, Stored.class);
    }

    private Mono<Stored> insert() {
        return mongo.insert(ours).onErrorResume(DuplicateKeyException.class, e -> stored());
    }

    private Mono<Void> compare(Stored stored) {
        isSame = ours.isSameAs(stored);
        return isSame
                ? Mono.empty()
                : Mono.error(() -> new DifferentSettingsException("The reports in the database are counted with "
                        + stored.text() + ", and this instance counts with " + ours.text() + "."));
    }
}
