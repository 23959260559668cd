package io.heartline.reports.run;

import static org.springframework.data.mongodb.core.query.Criteria.where;
import static org.springframework.data.mongodb.core.query.Query.query;

import com.mongodb.client.model.Indexes;
import java.time.Instant;
import org.bson.conversions.Bson;
import org.springframework.data.domain.Sort;
import org.springframework.data.mongodb.core.FindAndModifyOptions;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.data.mongodb.core.query.Criteria;
import org.springframework.data.mongodb.core.query.Update;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Stores runs in MongoDB, where every instance reads them. */
public class RunStore {

    /** The collection of all runs. */
    public static final String COLLECTION = "runs";

    /** Serves the latest runs and the removal of expired ones. Any other query is by id. */
    public static final Bson INDEX = Indexes.descending("requestedAt");

    private final ReactiveMongoTemplate mongo;

    /**
     * Creates a store, which any number of threads may use.
     *
     * @param mongo the template whose timeout applies to each operation
     */
    public RunStore(ReactiveMongoTemplate mongo) {
        this.mongo = mongo;
    }

    Mono<Run> insert(Run run) {
        return mongo.insert(run);
    }

    /**
     * {@return the run; empty if there is none}
     *
     * @param id the id of the run
     */
    public Mono<Run> find(String id) {
        return mongo.findById(id, Run.class);
    }

    /**
     * {@return the runs that were requested last, latest first}
     *
     * @param limit the maximum number of runs, at least 1
     */
    public Flux<Run> latest(int limit) {
        return mongo.find(
                query(new Criteria())
                        .with(Sort.by(Sort.Direction.DESC, "requestedAt"))
                        .limit(limit),
                Run.class);
    }

    /**
     * Stores the plan of a run, unless another instance was first.
     *
     * @param planned the run with its plan
     * @return the run with the plan that is stored; empty if the run was removed
     */
    public Mono<Run> savePlan(Run planned) {
        return savePlan(planned, unplanned(planned.id()));
    }

    /**
     * Stores a plan from a snapshot that was taken before the run started, unless a client has requested the run since then.
     * The client expects likes that are not in the snapshot.
     *
     * @param planned the run with its plan
     * @return the run as it is stored, without a plan if a client has requested it; empty if the run was removed
     */
    public Mono<Run> savePlanIfScheduled(Run planned) {
        return savePlan(planned, unplanned(planned.id()).and("trigger").is(Run.ON_SCHEDULE));
    }

    private Mono<Run> savePlan(Run planned, Criteria condition) {
        Update plan = new Update()
                .set("startedAt", planned.startedAt())
                .set("plannedBy", planned.plannedBy())
                .set("epoch", planned.epoch())
                .set("from", planned.from())
                .set("target", planned.target())
                .set("highWatermarks", planned.highWatermarks())
                .set("published", planned.published());
        return mongo.updateFirst(query(condition), plan, Run.class).then(find(planned.id()));
    }

    /**
     * {@return whether the run is stored} A read with read concern majority may miss it for a moment after a failover. An
     * update does not, because it sees the latest state of the primary; this one changes nothing.
     *
     * @param id the id of the run
     */
    public Mono<Boolean> exists(String id) {
        return mongo.updateFirst(query(where("_id").is(id)), new Update().unset("none"), Run.class)
                .map(result -> result.getMatchedCount() == 1);
    }

    /**
     * Turns a run into a requested one, so that it is kept even if it has nothing to fold. Changes no planned run, because its
     * plan can be older than the request.
     *
     * @return the run; empty if it was planned, has ended or was removed
     */
    Mono<Run> markRequested(String id) {
        return mongo.findAndModify(
                query(unplanned(id)),
                new Update().set("trigger", Run.ON_REQUEST),
                FindAndModifyOptions.options().returnNew(true),
                Run.class);
    }

    /**
     * Stores the end of a run, unless the end is stored already.
     *
     * @param finished the run with its end, and with an error if it failed
     * @return false if the run was finished or removed before
     */
    public Mono<Boolean> finish(Run finished) {
        Update finish = new Update().set("finishedAt", finished.finishedAt()).set("error", finished.error());
        return mongo.updateFirst(query(unfinished(finished.id())), finish, Run.class)
                .map(result -> result.getMatchedCount() == 1);
    }

    /**
     * Removes the run if it exists.
     *
     * @param id the id of the run
     * @return completes after the removal, also if there is no such run
     */
    public Mono<Void> remove(String id) {
        return mongo.remove(query(where("_id").is(id)), Run.class).then();
    }

    /**
     * Removes a run if only the schedule has requested it.
     *
     * @param id the id of the run
     * @return false if it was removed before, or has been requested meanwhile
     */
    public Mono<Boolean> removeScheduled(String id) {
        return mongo.remove(query(where("_id").is(id).and("trigger").is(Run.ON_SCHEDULE)), Run.class)
                .map(result -> result.getDeletedCount() == 1);
    }

    Mono<Void> removeRequestedBefore(Instant instant) {
        return mongo.remove(query(where("requestedAt").lt(instant)), Run.class).then();
    }

    private static Criteria unplanned(String id) {
        return unfinished(id).and("target").is(null);
    }

    private static Criteria unfinished(String id) {
        return where("_id").is(id).and("finishedAt").is(null);
    }
}
