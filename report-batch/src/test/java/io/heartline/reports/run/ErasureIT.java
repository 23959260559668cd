package io.heartline.reports.run;

import static com.mongodb.client.model.Filters.eq;
import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.events.LikeEvent;
import java.util.ArrayList;
import java.util.List;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

/** What docs/security.md says of people who want to be forgotten. */
class ErasureIT {

    private static final String AUTHOR = ReportsDatabase.AUTHORS.get(0);

    private final ReportsDatabase database = new ReportsDatabase();
    private final List<LikeEvent> events = ReportsDatabase.someLikes(500);
    private LikesOnTopic likes;
    private Batch batch;

    @BeforeEach
    void someLikesAreFolded() throws Exception {
        likes = LikesOnTopic.create(4);
        batch = database.batch(likes);
        likes.append(events);
        batch.run();
    }

    @AfterEach
    void close() {
        database.close();
    }

    private void delete(String collection, Bson what) {
        Flux.from(database.mongo.getCollection(collection).flatMapMany(all -> all.deleteMany(what)))
                .blockLast();
    }

    private List<String> documents(String collection) {
        return database.mongo
                .getCollection(collection)
                .flatMapMany(all -> all.find())
                .map(Document::toJson)
                .collectList()
                .block();
    }

    @Test
    void anAuthorsReports_onceDeleted_stayAway_andNobodyElsesChange() throws Exception {
        delete("weeklyReports", eq("authorId", AUTHOR));

        batch.run();
        assertThat(database.figures(AUTHOR).likes()).isZero();
        assertThat(batch.verification.verify(ReportsDatabase.WEEK).differences())
                .as("the log remembers")
                .isNotEmpty();
        database.assertFiguresEqualTheNaiveCountOf(events.stream()
                .filter(event -> !event.authorId().equals(AUTHOR))
                .toList());

        List<LikeEvent> later = ReportsDatabase.someLikes(50, 1).stream()
                .filter(event -> event.authorId().equals(AUTHOR))
                .toList();
        likes.append(later);
        batch.run();
        List<LikeEvent> rest = new ArrayList<>(events);
        rest.removeIf(event -> event.authorId().equals(AUTHOR));
        rest.addAll(later);
        database.assertFiguresEqualTheNaiveCountOf(rest);
    }

    @Test
    void reportsThatAreDeletedWhileARunHoldsThem_areNotWrittenAgain() throws Exception {
        List<LikeEvent> later = ReportsDatabase.someLikes(50, 1);
        likes.append(later);
        boolean[] isDeleted = {false};
        Batch running = database.batch(likes, 500, Steps.telling(step -> {
            if (step.equals(Steps.AFTER_LOAD) && !isDeleted[0]) {
                isDeleted[0] = true;
                delete("weeklyReports", new Document());
            }
        }));

        running.run();

        assertThat(isDeleted).containsExactly(true);
        database.assertFiguresEqualTheNaiveCountOf(later);
        running.assertBooksBalance();
    }

    @Test
    void foldedAgain_whatTheLogStillHasComesBack() throws Exception {
        delete("weeklyReports", eq("authorId", AUTHOR));
        delete("progress", new Document());

        batch.run();

        database.assertFiguresEqualTheNaiveCountOf(events);
    }

    @Test
    void noDocument_namesWhoLiked() {
        List<String> likers = events.stream().map(LikeEvent::likerId).distinct().toList();

        for (String collection : List.of("weeklyReports", "progress", "runs")) {
            assertThat(documents(collection)).isNotEmpty().allSatisfy(document -> assertThat(likers)
                    .noneMatch(liker -> document.contains('"' + liker + '"')));
        }
    }
}
