package io.heartline.reports.erasure;

import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.reactivestreams.client.MongoClient;
import com.mongodb.reactivestreams.client.MongoClients;
import io.heartline.quickstart.backends.Backends;
import java.time.Instant;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.data.mongodb.core.SimpleReactiveMongoDatabaseFactory;

class ErasureStoreIT {

    private MongoClient client;
    private ErasureStore store;

    @BeforeEach
    void ownDatabase() {
        String uri = Backends.newDatabase();
        client = MongoClients.create(uri);
        store = new ErasureStore(new ReactiveMongoTemplate(
                new SimpleReactiveMongoDatabaseFactory(client, uri.substring(uri.lastIndexOf('/') + 1))));
    }

    @AfterEach
    void closeClient() {
        client.close();
    }

    /** Every third author is erased. The numbers are on both sides of the limit up to which all erasures are read. */
    @ParameterizedTest
    @CsvSource({"0, 300, 0", "3, 2, 0", "3, 300, 0", "300, 300, 99", "303, 300, 99", "303, 90, 29", "306, 303, 100"})
    void find_returnsTheErasuresOfTheseAuthorsOnly(int erasable, int asked, int found) {
        for (int i = 0; i < erasable; i += 3) {
            store.save(Erasure.requested("author-" + i, "mark-" + i, Instant.EPOCH))
                    .block();
        }
        Set<String> authors =
                IntStream.range(1, asked).mapToObj(i -> "author-" + i).collect(Collectors.toSet());

        assertThat(store.find(authors).block()).hasSize(found).allSatisfy((author, erasure) -> {
            assertThat(authors).contains(author);
            assertThat(erasure.mark()).isEqualTo(author.replace("author", "mark"));
        });
    }
}
