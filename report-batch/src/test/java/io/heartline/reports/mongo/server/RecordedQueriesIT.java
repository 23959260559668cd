package io.heartline.reports.mongo.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.quickstart.backends.Backends;
import java.util.List;
import org.bson.BsonDocument;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The recording that {@link QueryPlansIT} explains, on any database. */
class RecordedQueriesIT {

    private static RecordedQueries recorded;

    @BeforeAll
    static void record() throws Exception {
        recorded = new RecordedQueries(Backends.newDatabase());
    }

    @AfterAll
    static void close() {
        if (recorded != null) {
            recorded.close();
        }
    }

    @Test
    void eachRequest_hasAQuery() {
        assertThat(recorded.byRequest()).hasSize(17).allSatisfy((request, queries) -> assertThat(queries)
                .as(request)
                .isNotEmpty());
    }

    @Test
    void runsPassesAndErasures_haveQueriesOfEachCollection() {
        List<BsonDocument> commands = recorded.ofRunsAndPasses();

        assertThat(commands).extracting(CommandRecorder::collection).containsAll(RecordedQueries.LARGE_COLLECTIONS);
        assertThat(commands).extracting(CommandRecorder::name).contains("find", "distinct", "update", "delete");
    }

    @Test
    void explainedCommands_haveNoSession() {
        assertThat(recorded.ofRunsAndPasses()).map(QueryPlan::explaining).allSatisfy(explaining -> assertThat(
                        explaining.getDocument("explain").keySet())
                .doesNotContain("lsid", "$db", "maxTimeMS"));
    }
}
