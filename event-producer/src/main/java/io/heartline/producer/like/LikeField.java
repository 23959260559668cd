package io.heartline.producer.like;

import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A field of a like in JSON. */
enum LikeField {
    POST_ID("postId"),
    AUTHOR_ID("authorId"),
    LIKER_ID("likerId"),
    TYPE("type"),
    AT("at"),
    ID("id");

    private static final Map<String, LikeField> BY_NAME =
            Stream.of(values()).collect(Collectors.toUnmodifiableMap(field -> field.jsonName, Function.identity()));

    final String jsonName;

    LikeField(String jsonName) {
        this.jsonName = jsonName;
    }

    /** Returns the field with a name in JSON; null if a like has no such field. */
    static @Nullable LikeField of(String jsonName) {
        return BY_NAME.get(jsonName);
    }
}
