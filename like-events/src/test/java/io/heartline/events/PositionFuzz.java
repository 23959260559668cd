package io.heartline.events;

import static io.heartline.events.FuzzTestBase.require;

import java.nio.charset.StandardCharsets;

/** Clients send positions back. A position that is read is written unchanged, and any other text is refused. */
public final class PositionFuzz {

    private PositionFuzz() {}

    /**
     * Checks one position.
     *
     * @param input the text in UTF-8
     */
    public static void fuzzerTestOneInput(byte[] input) {
        String text = new String(input, StandardCharsets.UTF_8);
        Position position;
        try {
            position = Position.parse(text);
        } catch (IllegalArgumentException e) {
            require(
                    e.getClass() == IllegalArgumentException.class,
                    "a number out of range is refused like any other text");
            return;
        }
        require(position.toString().equals(text), "a position has one form");
        require(Position.parse(position.toString()).equals(position), "a written value is read");
        require(position.partition() >= 0 && position.nextOffset() >= 0, "numbers are what they look like");
    }
}
