package io.heartline.producer.http;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Random;

/** Bodies that a client might send: likes, damaged likes, and bodies that never were likes. */
final class RandomBodies {

    private static final String[] FIELDS = {"postId", "authorId", "likerId", "type", "at", "mood", "", "postid"};
    private static final String[] VALUES = {
        "\"p-1\"",
        "\"a:b|c@d\"",
        "\"..\"",
        "\"\"",
        "\"a b\"",
        "\"\\u0041\"",
        "\"\\u00e9\"",
        "\"\u00e9\"",
        "\"liked\"",
        "\"unliked\"",
        "\"loved\"",
        "null",
        "true",
        "0",
        "-1.5e300",
        "1e999999",
        "[]",
        "{}",
        "{\"a\":[1,{\"b\":null}]}",
        "\"2026-02-30T00:00:00Z\"",
        "\"1999-01-01T00:00:00Z\"",
        "\"2999-01-01T00:00:00Z\"",
        "\"\\ud800\"",
        "NaN",
        "01",
        "'a'",
        "\"a",
        "undefined",
        "// a\n1"
    };

    private final Random random;

    RandomBodies(Random random) {
        this.random = random;
    }

    byte[] next() {
        byte[] body =
                switch (random.nextInt(8)) {
                    case 0 -> noise();
                    case 1 -> deep();
                    case 2 -> oversized();
                    default -> like();
                };
        for (int i = Math.max(0, random.nextInt(5) - 2); i > 0 && body.length > 0; i--) {
            body = mutate(body);
        }
        return body;
    }

    private byte[] noise() {
        byte[] noise = new byte[random.nextInt(200)];
        random.nextBytes(noise);
        return noise;
    }

    private byte[] deep() {
        int depth = random.nextInt(4000);
        return utf8("{\"mood\":" + "[".repeat(depth) + "]".repeat(depth) + "}");
    }

    private byte[] oversized() {
        String like = like("\"mood\":\"" + "x".repeat(15_000 + random.nextInt(3000)) + '"');
        return utf8(like);
    }

    private byte[] like() {
        StringBuilder more = new StringBuilder();
        for (int i = Math.max(0, random.nextInt(6) - 3); i > 0; i--) {
            String value = VALUES[random.nextInt(VALUES.length)];
            more.append(more.isEmpty() ? "" : ",").append('"').append(FIELDS[random.nextInt(FIELDS.length)]);
            more.append("\":").append(value);
        }
        return utf8(like(more.toString()));
    }

    private String like(String more) {
        String at = random.nextBoolean() ? "" : ",\"at\":\"" + Instant.now() + '"';
        String all = "\"postId\":\"p-1\",\"authorId\":\"alice\",\"likerId\":\"bob\"" + at;
        return "{" + all + (more.isEmpty() ? "" : ",") + more + "}";
    }

    private byte[] mutate(byte[] body) {
        int at = random.nextInt(body.length);
        int to = at + random.nextInt(Math.min(20, body.length - at) + 1);
        return switch (random.nextInt(4)) {
            case 0 -> Arrays.copyOf(body, at);
            case 1 -> joined(Arrays.copyOf(body, at), Arrays.copyOfRange(body, to, body.length));
            case 2 -> joined(Arrays.copyOf(body, to), Arrays.copyOfRange(body, at, body.length));
            default -> {
                byte[] changed = body.clone();
                changed[at] = (byte) random.nextInt(256);
                yield changed;
            }
        };
    }

    private static byte[] joined(byte[] first, byte[] second) {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        joined.writeBytes(first);
        joined.writeBytes(second);
        return joined.toByteArray();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
