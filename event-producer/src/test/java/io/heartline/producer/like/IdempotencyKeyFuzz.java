package io.heartline.producer.like;

import static io.heartline.events.FuzzTestBase.require;

import java.nio.charset.StandardCharsets;
import org.springframework.http.HttpHeaders;

/** A key with quotes equals the key without quotes, and gives the same event id. */
public final class IdempotencyKeyFuzz {

    private static final EventIds IDS = new EventIds();
    private static final byte[] BODY = {'{', '}'};

    private IdempotencyKeyFuzz() {}

    /**
     * Parses the header with and without quotes.
     *
     * @param input one line for each value of the header
     */
    public static void fuzzerTestOneInput(byte[] input) {
        String[] values = new String(input, StandardCharsets.ISO_8859_1).split("\n", -1);
        IdempotencyKey key = of(values);
        if (key == null) {
            return;
        }
        String value = key.value();
        require(values.length == 1, "the header has one value");
        require(value.matches("[!-~]{1,255}"), "it is of visible ASCII");
        IdempotencyKey quoted = of('"' + value + '"');
        require(key.equals(quoted), "quotes are not part of it");
        String id = IDS.keyedId("alice", key, BODY, 0, BODY.length);
        require(id.equals(IDS.keyedId("alice", quoted, BODY, 0, BODY.length)), "the same key names the same event");
        require(!id.equals(IDS.keyedId("alice", key.forItem(1), BODY, 0, BODY.length)), "a line has a name of its own");
        require(!id.equals(IDS.keyedId("bob", key, BODY, 0, BODY.length)), "another caller's is another one");
    }

    /** Returns null if the header is refused. */
    private static IdempotencyKey of(String... values) {
        HttpHeaders headers = new HttpHeaders();
        for (String value : values) {
            headers.add(IdempotencyKey.HEADER, value);
        }
        try {
            IdempotencyKey key = IdempotencyKey.of(headers);
            require(key != null, "a given key is found");
            return key;
        } catch (RefusedException e) {
            require(e.type() == ProblemType.INVALID_HEADER, "it is the header that is wrong");
            return null;
        }
    }
}
