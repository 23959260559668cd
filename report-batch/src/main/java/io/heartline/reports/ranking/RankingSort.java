package io.heartline.reports.ranking;

import com.mongodb.client.model.Indexes;
import com.mongodb.client.model.Sorts;
import io.heartline.web.problem.InvalidParameterException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.bson.conversions.Bson;
import org.jspecify.annotations.Nullable;

/** The figure that a ranking is sorted by, highest first. Ties are sorted by the author's id. A name is a value of {@code sort}. */
public enum RankingSort {

    /** Distinct pairs of a post and a person who liked it. */
    likes("ranking-2"),

    /** Distinct people who liked. */
    likers("ranking-likers-1"),

    /**
     * Likes minus those of the week before. A report that was last saved by a release without this figure has none. Such reports come
     * last.
     */
    growth("ranking-growth-1");

    /** The figures that a query of a ranking reads, besides the author. */
    static final List<String> FIGURES = List.of(
            "revision",
            "likes",
            "unlikes",
            "likers",
            "growth",
            "events.liked",
            "events.unliked",
            "exact",
            "relativeError");

    private final String indexName;
    private final Bson order = Sorts.orderBy(Sorts.descending(name()), Sorts.ascending("authorId"));

    RankingSort(String indexName) {
        this.indexName = indexName;
    }

    /**
     * Parses a value of {@code sort}.
     *
     * @param name null for the default
     * @return the sort; {@link #likes} by default
     * @throws InvalidParameterException if no sort has this name
     */
    public static RankingSort parse(@Nullable String name) {
        if (name == null) {
            return likes;
        }
        return Arrays.stream(values())
                .filter(sort -> sort.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new InvalidParameterException("sort", "must be likes, likers or growth"));
    }

    /**
     * Returns the name of the index.
     *
     * @return a name that ends in the version of the key
     */
    public String indexName() {
        return indexName;
    }

    /**
     * Returns the key of the index for this order, with all fields that the queries read. So MongoDB reads a week with a million
     * authors without reading a million documents with their sets.
     *
     * @return the indexed fields
     */
    public Bson index() {
        return Indexes.compoundIndex(
                Indexes.ascending("week"),
                Indexes.descending(name()),
                Indexes.ascending("authorId"),
                Indexes.ascending(FIGURES.stream()
                        .filter(figure -> !figure.equals(name()))
                        .collect(Collectors.toList())));
    }

    /** Returns the order of the documents. */
    Bson order() {
        return order;
    }

    /** Returns the figure of an author; null if the report has none. */
    @Nullable
    Long figure(RankedAuthor author) {
        return switch (this) {
            case likes -> author.likes();
            case likers -> author.likers();
            case growth -> author.growth();
        };
    }
}
