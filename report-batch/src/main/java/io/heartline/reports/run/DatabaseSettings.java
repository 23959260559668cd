package io.heartline.reports.run;

import static org.springframework.data.mongodb.core.query.Criteria.where;
import static org.springframework.data.mongodb.core.query.Query.query;

import io.heartline.reports.DifferentSettingsException;
import io.heartline.reports.fold.KeyedHash;
import io.heartline.reports.fold.ReportStore;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.data.annotation.Id;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.data.mongodb.core.mapping.Document;
import org.springframework.data.mongodb.core.query.Query;
import org.springframework.data.mongodb.core.query.Update;
import reactor.core.publisher.Mono;

/**
 * The settings that all reports of a database have to be counted with. The first instance writes them, and every instance
 * compares its own with them.
 */
public class DatabaseSettings {

    private static final String ONLY = "reports";

    private final ReactiveMongoTemplate mongo;
    private final ReportStore reports;
    private final Stored ours;
    private volatile boolean isSame;

    /**
     * The only document of its collection.
     *
     * @param zone where a day and a week begin
     * @param hash of the ids in sets and sketches
     * @param schema of the reports
     * @param secretCheck of the secret that ids are hashed under; null in databases of releases without secrets
     */
    @Document("settings")
    record Stored(
            @Id String id,
            String zone,
            String hash,
            int schema,
            @Nullable String secretCheck) {

        private static final String HASH_WITHOUT_SECRET = "komihash5";
        private static final int SCHEMA_WITHOUT_SECRET = 1;

        /** Returns what a release without secrets would have written. */
        static Stored withoutSecret(String zone) {
            return new Stored(ONLY, zone, HASH_WITHOUT_SECRET, SCHEMA_WITHOUT_SECRET, null);
        }

        boolean isWithoutSecret() {
            return hash.equals(HASH_WITHOUT_SECRET) && schema == SCHEMA_WITHOUT_SECRET;
        }

        boolean isSameAs(Stored other) {
            return hash.equals(other.hash)
                    && schema == other.schema
                    && Objects.equals(secretCheck, other.secretCheck)
                    && isSameZone(zone, other.zone);
        }

        /** Returns whether the other has the same settings but for the secret, which this may lack. */
        boolean isSameButForTheSecretAs(Stored other) {
            return (isWithoutSecret() || hash.equals(other.hash) && schema == other.schema)
                    && isSameZone(zone, other.zone);
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

    public DatabaseSettings(ReactiveMongoTemplate mongo, ZoneId zone, KeyedHash hash) {
        this.mongo = mongo;
        this.reports = new ReportStore(mongo);
        this.ours = new Stored(ONLY, zone.getId(), KeyedHash.NAME, ReportStore.SCHEMA, hash.check());
    }

    /**
     * Compares, and writes ours if there are none. Fails with a {@link DifferentSettingsException} if they are different, and
     * with MongoDB's exception if it does not answer.
     */
    public Mono<Void> check() {
        return storedOrOurs().flatMap(this::compare);
    }

    /** Does the same for a caller that must not write. */
    public Mono<Void> compare() {
        return stored().flatMap(this::compare);
    }

    /** Compares unless the last comparison found them equal. For callers that ask with every request. */
    public Mono<Void> checkOnce() {
        return Mono.defer(() -> isSame ? Mono.empty() : check());
    }

    /**
     * Makes our secret the database's, in one write.
     *
     * @return false if it was the database's already; fails with a {@link NotAcceptableException} if more than the secret is
     *     different, or others have changed the settings meanwhile
     */
    Mono<Boolean> acceptSecret() {
        return storedOrOurs().flatMap(stored -> {
            if (ours.isSameAs(stored)) {
                return Mono.just(false);
            }
            if (!stored.isSameButForTheSecretAs(ours)) {
                return Mono.error(() -> new NotAcceptableException(difference(stored)));
            }
            return replace(stored).thenReturn(true);
        });
    }

    /** Empty if there are neither settings nor reports. */
    private Mono<Stored> stored() {
        return document().switchIfEmpty(Mono.defer(this::ofReportsWithoutSettings));
    }

    private Mono<Stored> document() {
        return mongo.findById(ONLY, Stored.class);
    }

    /** Early releases wrote no settings. Later ones write them before the first report, so a second look finds those. */
    private Mono<Stored> ofReportsWithoutSettings() {
        return reports.isEmpty()
                .flatMap(isEmpty ->
                        isEmpty ? Mono.empty() : document().defaultIfEmpty(Stored.withoutSecret(ours.zone())));
    }

    private Mono<Stored> storedOrOurs() {
        return stored().switchIfEmpty(Mono.defer(this::insert));
    }

    private Mono<Stored> insert() {
        return mongo.insert(ours).onErrorResume(DuplicateKeyException.class, e -> stored());
    }

    /** Writes ours where {@code stored} is, or where there is nothing. Anything else there is a duplicate key. */
    private Mono<Void> replace(Stored stored) {
        Query unchanged = query(where("_id")
                .is(ONLY)
                .and("zone")
                .is(stored.zone())
                .and("hash")
                .is(stored.hash())
                .and("schema")
                .is(stored.schema())
                .and("secretCheck")
                .is(stored.secretCheck()));
        Update update = new Update()
                .set("zone", stored.zone())
                .set("hash", ours.hash())
                .set("schema", ours.schema())
                .set("secretCheck", ours.secretCheck());
        return mongo.upsert(unchanged, update, Stored.class)
                .then()
                .onErrorMap(
                        DuplicateKeyException.class,
                        e -> new NotAcceptableException(
                                "the settings of the database have been changed meanwhile: repeat the command"));
    }

    private Mono<Void> compare(Stored stored) {
        isSame = ours.isSameAs(stored);
        return isSame ? Mono.empty() : Mono.error(() -> different(stored));
    }

    private DifferentSettingsException different(Stored stored) {
        if (!stored.isSameButForTheSecretAs(ours)) {
            return DifferentSettingsException.of(difference(stored));
        }
        return DifferentSettingsException.ofSecret(
                (stored.isWithoutSecret()
                                ? "The reports in the database were counted without a hash secret, by an earlier release."
                                : "The reports in the database were counted under another hash secret than this instance has.")
                        + " To keep all figures and to go on under this instance's secret, run report-batch --accept-new-secret.");
    }

    private String difference(Stored stored) {
        return "The reports in the database are counted with " + stored.text() + ", and this instance counts with "
                + ours.text() + ".";
    }
}
