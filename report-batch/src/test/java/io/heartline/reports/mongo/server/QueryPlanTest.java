package io.heartline.reports.mongo.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.bson.BsonDocument;
import org.junit.jupiter.api.Test;

/** Answers in the forms that MongoDB documents for its query engines. */
class QueryPlanTest {

    private static final String FIGURES = "executionStats: {nReturned: 3, totalKeysExamined: 4, totalDocsExamined: 0}";

    private static QueryPlan plan(String answer) {
        return QueryPlan.of(BsonDocument.parse(answer));
    }

    @Test
    void covered_hasStagesAndIndexes_ofTheWinningPlanOnly() {
        QueryPlan plan = plan("""
                {queryPlanner: {
                  winningPlan: {stage: 'LIMIT', inputStage: {stage: 'PROJECTION_COVERED', inputStage: {stage: 'SORT_MERGE',
                    inputStages: [{stage: 'IXSCAN', indexName: 'ranking-2'}, {stage: 'IXSCAN', indexName: 'ranking-2'}]}}},
                  rejectedPlans: [{stage: 'SORT', inputStage: {stage: 'COLLSCAN'}}]}, %s}
                """.formatted(FIGURES));

        assertThat(plan.stages()).containsExactly("IXSCAN", "LIMIT", "PROJECTION_COVERED", "SORT_MERGE");
        assertThat(plan.indexes()).containsExactly("ranking-2");
        assertThat(plan.docsExamined()).isZero();
        assertThat(plan.keysExamined()).isEqualTo(4);
        assertThat(plan.returned()).isEqualTo(3);
        assertThat(plan.isById()).isFalse();
    }

    @Test
    void slotBasedEngine_isReadFromItsQueryPlan() {
        QueryPlan plan = plan("""
                {queryPlanner: {winningPlan: {queryPlan: {stage: 'GROUP', inputStage: {stage: 'IXSCAN', indexName: 'ranking-2'}},
                  slotBasedPlan: {slots: 's1', stages: '[1] group [] ixseek'}}}, %s}
                """.formatted(FIGURES));

        assertThat(plan.stages()).containsExactly("GROUP", "IXSCAN");
    }

    @Test
    void aggregation_isReadFromItsCursor() {
        QueryPlan plan = plan("""
                {stages: [{$cursor: {queryPlanner: {winningPlan: {stage: 'IXSCAN', indexName: 'ranking-2'}}, %s}}, {$group: {}}]}
                """.formatted(FIGURES));

        assertThat(plan.indexes()).containsExactly("ranking-2");
    }

    @Test
    void pointReadById_hasNoNamedIndexInSomeVersions() {
        assertThat(plan("{queryPlanner: {winningPlan: {stage: 'IDHACK'}}, " + FIGURES + "}")
                        .isById())
                .isTrue();
        assertThat(plan("{queryPlanner: {winningPlan: {stage: 'EXPRESS_IXSCAN', indexName: '_id_'}}, " + FIGURES + "}")
                        .isById())
                .isTrue();
        assertThat(plan("{queryPlanner: {winningPlan: {stage: 'COLLSCAN'}}, " + FIGURES + "}")
                        .isById())
                .isFalse();
    }

    @Test
    void answerWithoutFigures_isRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> plan("{ok: 1}"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> plan("{queryPlanner: {winningPlan: {stage: 'IDHACK'}}, ok: 1}"));
    }

    @Test
    void explaining_omitsSessionAndConcerns_andTakesOneOfSeveralWrites() {
        BsonDocument sent = BsonDocument.parse("""
                {update: 'weeklyReports', ordered: false, updates: [{q: {_id: 'a'}, u: {}}, {q: {_id: 'b'}, u: {}}], lsid: {id: 1},
                 txnNumber: 1, $db: 'db', $clusterTime: {}, writeConcern: {w: 'majority'}, maxTimeMS: 5}
                """);

        assertThat(QueryPlan.explaining(sent)).isEqualTo(BsonDocument.parse("""
                {explain: {update: 'weeklyReports', ordered: false, updates: [{q: {_id: 'a'}, u: {}}]}, verbosity: 'executionStats'}
                """));
    }
}
