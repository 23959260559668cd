package io.heartline.reports.settings;

import static org.springframework.data.mongodb.core.query.Criteria.where;
import static org.springframework.data.mongodb.core.query.Query.query;

import io.heartline.reports.failure.CommandRefusedException;
import io.heartline.reports.failure.DifferentSettingsException;
import io.heartline.reports.fold.KeyedHash;
import io.heartline.reports.fold.ReportStore;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.data.annotation.Id;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.data.mongodb.core.mapping.Document;
import org.springframework.data.mongodb.core.query.Query;
import org.springframework.data.mongodb.core.query.Update;
import reactor.core.publisher.Mono;

/**
 * The settings that all reports of a database are counted with. The first instance stores them, and every instance compares its own
 * with them.
 */
public class DatabaseSettings {

    private static final String DOCUMENT_ID = "reports";

    private final ReactiveMongoTemplate mongo;
    private final ReportStore reports;
    private final SettingsDocument own;
    private final AtomicLong startedChecks = new AtomicLong();
    private long latestCheck;
    private volatile boolean isEqual;

    /**
     * The only document of its collection.
     *
     * @param zone where a day and a week begin
     * @param hash of the ids in sets and sketches
     * @param schema of the reports
     * @param secretCheck of the secret that ids are hashed under; null in databases of releases without secrets
     */
    @Document("settings")
    record SettingsDocument(
            @Id String id,
            String zone,
            String hash,
            int schema,
            @Nullable String secretCheck) {

        private static final String HASH_WITHOUT_SECRET = "komihash5";
        private static final int SCHEMA_WITHOUT_SECRET = 1;

        /** Returns what a release without secrets would have written. */
        static SettingsDocument withoutSecret(String zone) {
            return new SettingsDocument(DOCUMENT_ID, zone, HASH_WITHOUT_SECRET, SCHEMA_WITHOUT_SECRET, null);
        }

        boolean isWithoutSecret() {
            return hash.equals(HASH_WITHOUT_SECRET) && schema == SCHEMA_WITHOUT_SECRET;
        }

        boolean isEqualTo(SettingsDocument other) {
            return hash.equals(other.hash)
                    && schema == other.schema
                    && Objects.equals(secretCheck, other.secretCheck)
                    && isSameZone(zone, other.zone);
        }

        /** Returns whether the other has the same settings but for the secret, which this may lack. */
        boolean isEqualExceptSecret(SettingsDocument other) {
            return (isWithoutSecret() || hash.equals(other.hash) && schema == other.schema)
                    && isSameZone(zone, other.zone);
        }

        /** Compares the rules: Etc/UTC, for example, is UTC. */
        private static boolean isSameZone(String zone, String other) {
            try {
                return zone.equals(other)
                        || ZoneId.of(zone).getRules().equals(ZoneId.of(other).getRules());
            } catch (DateTimeException e) { // this JVM does not know the zone
                return false;
            }
        }

        String describe() {
            return "zone " + zone + ", hash " + hash + ", schema " + schema;
        }
    }

    /**
     * Creates the settings of this instance, which are not compared yet. Any number of threads may use them.
     *
     * @param mongo the template whose timeout applies to each operation
     * @param zone where a day and a week begin
     * @param hash gives the check value of this instance's secret
     */
    public DatabaseSettings(ReactiveMongoTemplate mongo, ZoneId zone, KeyedHash hash) {
        this.mongo = mongo;
        this.reports = new ReportStore(mongo);
        this.own = new SettingsDocument(
                DOCUMENT_ID, zone.getId(), KeyedHash.NAME, ReportStore.SCHEMA_VERSION, hash.checkValue());
    }

    /**
     * Compares the settings of this instance with the stored ones, and stores them if there are none.
     *
     * @return completes if the settings are equal; fails with a {@link DifferentSettingsException} if they differ, and with
     *     MongoDB's exception if it does not answer
     */
    public Mono<Void> checkOrCreate() {
        return check(storedOrCreated());
    }

    /**
     * Compares the settings like {@link #checkOrCreate}, for a caller that must not write.
     *
     * @return completes if the settings are equal, or if there are neither settings nor reports; fails like
     *     {@link #checkOrCreate}
     */
    public Mono<Void> checkStored() {
        return check(stored());
    }

    /**
     * Compares the settings unless the last comparison found them equal. For callers that check with every request.
     *
     * @return completes if the settings are equal; fails like {@link #checkOrCreate}
     */
    public Mono<Void> checkUntilEqual() {
        return Mono.defer(() -> isEqual ? Mono.empty() : checkOrCreate());
    }

    /**
     * Returns the result of the last comparison, without waiting.
     *
     * @return false if the settings differed, or were not compared yet
     */
    public boolean isEqual() {
        return isEqual;
    }

    /**
     * Makes this instance's secret the one of the database, in one write.
     *
     * @return false if it was the one of the database already. Fails with a {@link CommandRefusedException} if more than the secret
     *     differs, or if another instance has changed the settings meanwhile
     */
    Mono<Boolean> replaceSecret() {
        return storedOrCreated().flatMap(stored -> {
            if (own.isEqualTo(stored)) {
                return Mono.just(false);
            }
            if (!stored.isEqualExceptSecret(own)) {
                return Mono.error(() -> new CommandRefusedException(difference(stored)));
            }
            return replace(stored).thenReturn(true);
        });
    }

    /** Returns the stored settings; empty if there are neither settings nor reports. */
    private Mono<SettingsDocument> stored() {
        return document().switchIfEmpty(Mono.defer(this::defaultsOfEarlyReleases));
    }

    private Mono<SettingsDocument> document() {
        return mongo.findById(DOCUMENT_ID, SettingsDocument.class);
    }

    /** Early releases stored no settings. Later ones store them before the first report, so the second lookup finds those. */
    private Mono<SettingsDocument> defaultsOfEarlyReleases() {
        return reports.isEmpty()
                .flatMap(isEmpty ->
                        isEmpty ? Mono.empty() : document().defaultIfEmpty(SettingsDocument.withoutSecret(own.zone())));
    }

    private Mono<SettingsDocument> storedOrCreated() {
        return stored().switchIfEmpty(Mono.defer(this::insert));
    }

    private Mono<SettingsDocument> insert() {
        return mongo.insert(own).onErrorResume(DuplicateKeyException.class, e -> stored());
    }

    /** Replaces {@code stored}, or creates the document. If another document is stored, MongoDB reports a duplicate key. */
    private Mono<Void> replace(SettingsDocument stored) {
        Query unchanged = query(where("_id")
                .is(DOCUMENT_ID)
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
                .set("hash", own.hash())
                .set("schema", own.schema())
                .set("secretCheck", own.secretCheck());
        return mongo.upsert(unchanged, update, SettingsDocument.class)
                .then()
                .onErrorMap(
                        DuplicateKeyException.class,
                        e -> new CommandRefusedException(
                                "the settings of the database have been changed meanwhile: repeat the command"));
    }

    private Mono<Void> check(Mono<SettingsDocument> read) {
        return Mono.defer(() -> {
            long check = startedChecks.incrementAndGet();
            return read.flatMap(stored -> {
                boolean areEqual = own.isEqualTo(stored);
                share(areEqual, check);
                return areEqual ? Mono.empty() : Mono.error(() -> different(stored));
            });
        });
    }

    /** A slow check may have read the settings before a later one, so it does not replace that one's result. */
    private synchronized void share(boolean areEqual, long check) {
        if (check > latestCheck) {
            latestCheck = check;
            isEqual = areEqual;
        }
    }

    private DifferentSettingsException different(SettingsDocument stored) {
        if (!stored.isEqualExceptSecret(own)) {
            return DifferentSettingsException.of(difference(stored));
        }
        return DifferentSettingsException.ofSecret(
                (stored.isWithoutSecret()
                                ? "The reports in the database were counted without a hash secret, by an earlier release."
                                : "The reports in the database were counted under another hash secret than this instance has.")
                        + " To keep all figures and to continue under this instance's secret, run report-batch --accept-new-secret.");
    }

    private String difference(SettingsDocument stored) {
        return "The reports in the database are counted with " + stored.describe() + ", and this instance counts with "
                + own.describe() + ".";
    }
}
