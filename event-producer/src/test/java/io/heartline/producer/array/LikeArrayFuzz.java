package io.heartline.producer.array;

import static io.heartline.events.FuzzTestBase.require;

import io.heartline.producer.like.IngestRequest;
import io.heartline.producer.like.ProblemType;
import io.heartline.producer.like.RefusedException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/**
 * However an array is split into pieces, its items are the elements that Jackson finds in the whole body. If Jackson finds that the body
 * is malformed, it is refused whole, unless an item was too long to be checked.
 */
public final class LikeArrayFuzz {

    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(Integer.MAX_VALUE)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .build())
            .build();
    private static final String TOO_LONG = "<too long>";
    private static final int PIECES = 4;
    private static final int X_REPEATS = 32; // each x of the input is repeated, so that short inputs reach 16 KiB

    private LikeArrayFuzz() {}

    /**
     * Reads an array in pieces.
     *
     * @param input the lengths of the pieces in its first four bytes, which are used in turn, then the body
     */
    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length <= PIECES) {
            return;
        }
        byte[] body = stretched(Arrays.copyOfRange(input, PIECES, input.length));
        int[] pieceSizes = new int[PIECES];
        for (int i = 0; i < PIECES; i++) {
            pieceSizes[i] = 1 + (input[i] & 0xff) * (i + 1);
        }
        check(body, pieceSizes, elements(body));
    }

    private static void check(byte[] body, int[] pieceSizes, @Nullable List<String> elements) {
        List<String> items = new ArrayList<>();
        try {
            items = items(body, pieceSizes);
        } catch (RefusedException e) {
            boolean isTooLarge = e.type() == ProblemType.TOO_LARGE;
            require(isTooLarge || elements == null, "a well-formed array is read: " + e.errors());
            require(!isTooLarge || elements == null || elements.size() > LikeArray.MAX_ITEMS, "it has too many items");
            return;
        }
        require(elements == null || items.equals(elements), "items " + items + " instead of " + elements);
        require(elements != null || items.contains(TOO_LONG), "a malformed array is refused");
    }

    private static byte[] stretched(byte[] body) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte b : body) {
            for (int i = b == 'x' ? 0 : X_REPEATS - 1; i < X_REPEATS; i++) {
                all.write(b);
            }
        }
        return all.toByteArray();
    }

    private static List<String> items(byte[] body, int[] pieceSizes) {
        List<String> parsed = new ArrayList<>();
        LikeArray array = new LikeArray(
                ArrayBodies.request(null),
                (request, number, bytes, offset, length) -> {
                    parsed.add(text(bytes, offset, length));
                    return ArrayBodies.EVENTS.ofItem(request, number, bytes, offset, length);
                },
                0);
        ArrayBodies.read(body, pieceSizes, array);
        Iterator<String> next = parsed.iterator();
        return array.items().stream()
                .map(item -> item.refusal() != null && item.refusal().type() == ProblemType.TOO_LARGE
                        ? TOO_LONG
                        : next.next())
                .toList();
    }

    /** Returns the elements of an array by Jackson; null if the body is no array in UTF-8. */
    private static @Nullable List<String> elements(byte[] body) {
        if (text(body, 0, body.length).indexOf('\0') >= 0 || body[0] == (byte) 0xef) {
            return null; // Jackson reads UTF-16 and UTF-32, and skips a byte order mark
        }
        try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), body)) {
            if (json.nextToken() != JsonToken.START_ARRAY) {
                return null;
            }
            List<String> elements = new ArrayList<>();
            while (json.nextToken() != JsonToken.END_ARRAY) {
                elements.add(element(json, body));
            }
            return json.nextToken() == null ? elements : null;
        } catch (JacksonException e) {
            return null;
        }
    }

    private static String element(JsonParser json, byte[] body) {
        int start = (int) json.currentTokenLocation().getByteOffset();
        boolean isScalar = json.currentToken().isScalarValue() && json.currentToken() != JsonToken.VALUE_STRING;
        json.skipChildren();
        json.finishToken();
        int length = isScalar
                ? json.getString().length()
                : (int) json.currentLocation().getByteOffset() - start;
        return length > IngestRequest.MAX_LIKE_BYTES ? TOO_LONG : text(body, start, length);
    }

    private static String text(byte[] bytes, int offset, int length) {
        return new String(bytes, offset, length, StandardCharsets.ISO_8859_1);
    }
}
