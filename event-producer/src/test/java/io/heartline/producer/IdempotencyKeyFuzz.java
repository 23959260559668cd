package io.heartline.producer;

import static io.heartline.events.Fuzzing.require;

import java.nio.charset.StandardCharsets;
import org.springframework.http.HttpHeaders;

/** A key is the same key quoted or not, and names the same event. */
public final class IdempotencyKeyFuzz {

    private static final EventIds IDS = new EventIds();
    private static final byte[] BODY = {'{', '}'};

    private IdempotencyKeyFuzz() {}

    /**
     * Reads the header quoted and not quoted.
     *
     * @param input a line for each value of the header
     */
    public static void fuzzerTestOneInput(byte[] input) {
        String[] given = new String(input, StandardCharsets.ISO_8859_1).split("\n", -1);
        IdempotencyKey key = of(given);
        if (key == null) {
            return;
        }
        String value = key.value();
        require(given.length == 1, "it is given once");
        require(value.matches("[!-~]{1,255}"), "it is of visible ASCII");
        IdempotencyKey quoted = of('"' + value + '"');
        require(key.equals(quoted), "quotes are not part of it");
        String id = IDS.of("alice", key, BODY, 0, BODY.length);
        require(id.equals(IDS.of("alice", quoted, BODY, 0, BODY.length)), "the same key names the same event");
        require(!id.equals(IDS.of("alice", key.line(1), BODY, 0, BODY.length)), "a line has a name of its own");
        require(!id.equals(IDS.of("bob", key, BODY, 0, BODY.length)), "another caller's is another one");
    }

    /** Null if it is refused. */
    private static IdempotencyKey of(String... given) {
        HttpHeaders headers = new HttpHeaders();
        for (String value : given) {
            headers.add(IdempotencyKey.HEADER, value);
        }
        try {
            IdempotencyKey key = IdempotencyKey.of(headers);
            require(key != null, "one that is given is not overlooked");
            return key;
        } catch (RefusedException e) {
            require(e.type() == ProblemType.invalidHeader, "it is the header that is wrong");
            return null;
        }
    }
}
