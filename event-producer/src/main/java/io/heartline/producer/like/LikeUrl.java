package io.heartline.producer.like;

import io.heartline.events.Liked;
import io.heartline.events.Unliked;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.util.MultiValueMap;

/**
 * A like that is in the URL of a request, {@code /v1/posts/{postId}/likes/{likerId}?author=&at=}. Its values may be invalid.
 *
 * @param isLiked whether the request logs liked; otherwise it logs unliked
 * @param postId decoded part of the path
 * @param likerId decoded part of the path
 * @param query decoded parameters of the query; the value of a parameter that is given by its name alone is null
 */
public record LikeUrl(boolean isLiked, String postId, String likerId, MultiValueMap<String, @Nullable String> query) {

    /**
     * Returns the fields of the like, not yet validated.
     *
     * @param isStrict whether unknown parameters are errors; otherwise they are ignored
     */
    LikeFields fields(boolean isStrict) {
        LikeFields fields = new LikeFields(FieldNames.URL);
        fields.set(LikeField.TYPE, isLiked ? Liked.TYPE : Unliked.TYPE);
        fields.set(LikeField.POST_ID, postId);
        fields.set(LikeField.LIKER_ID, likerId);
        query.forEach((name, values) -> {
            switch (name) {
                case FieldNames.AUTHOR_PARAMETER -> setOnce(LikeField.AUTHOR_ID, values, fields);
                case FieldNames.AT_PARAMETER -> setOnce(LikeField.AT, values, fields);
                default -> {
                    if (isStrict) {
                        fields.addUnknown(name);
                    }
                }
            }
        });
        return fields;
    }

    private static void setOnce(LikeField field, List<@Nullable String> values, LikeFields fields) {
        String value = values.get(0);
        fields.set(field, value == null ? "" : value);
        if (values.size() > 1) {
            fields.addError(field, "is given more than once");
        }
    }
}
