package io.heartline.gateway.stream.digest;

import io.heartline.events.Position;
import io.heartline.gateway.stream.Frame;
import io.heartline.gateway.stream.digest.PendingDigest.Taken;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The frames of digests. Identifiers are written as they are, because their characters need no escape. */
public final class DigestFrames {

    private DigestFrames() {}

    /**
     * The events of one author in a digest of several authors.
     *
     * @param author the author
     * @param taken the author's events
     */
    public record OfAuthor(String author, Taken taken) {}

    /**
     * Returns the frame of a digest of one or more authors of a partition, which lists each author with events.
     *
     * @param from the last position that the client was sent, before the first event
     * @param authors the digests of the authors, which end together
     * @return the frame; null if there is no event
     */
    public static @Nullable Frame listing(Position from, List<OfAuthor> authors) {
        long liked = 0;
        long unliked = 0;
        Position last = null;
        for (OfAuthor author : authors) {
            Digest digest = author.taken().digest();
            if (digest != null) {
                liked += digest.liked();
                unliked += digest.unliked();
                last = last == null || digest.last().offset() > last.offset() ? digest.last() : last;
            }
        }
        if (last == null) {
            return null;
        }
        String list = authors.stream()
                .filter(author -> author.taken().digest() != null)
                .map(author -> "{\"author\":\"" + author.author() + "\","
                        + author.taken().digest().sums() + "}")
                .collect(Collectors.joining(",", "[", "]"));
        return of(from, last, "\"liked\":" + liked + ",\"unliked\":" + unliked + ",\"authors\":" + list);
    }

    static Frame of(Position from, Position last, String members) {
        return Frame.of(
                Frame.Kind.digest,
                last,
                "{\"kind\":\"digest\",\"from\":\"" + from + "\",\"position\":\"" + last + "\"," + members + "}");
    }
}
