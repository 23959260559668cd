package io.heartline.gateway.transport;

import static io.heartline.gateway.transport.WebSocketCase.BINARY;
import static io.heartline.gateway.transport.WebSocketCase.CLOSE;
import static io.heartline.gateway.transport.WebSocketCase.CONTINUATION;
import static io.heartline.gateway.transport.WebSocketCase.FIN;
import static io.heartline.gateway.transport.WebSocketCase.OPEN;
import static io.heartline.gateway.transport.WebSocketCase.PING;
import static io.heartline.gateway.transport.WebSocketCase.PONG;
import static io.heartline.gateway.transport.WebSocketCase.TEXT;
import static io.heartline.gateway.transport.WebSocketCase.bytes;
import static io.heartline.gateway.transport.WebSocketCase.close;
import static io.heartline.gateway.transport.WebSocketCase.frame;
import static io.heartline.gateway.transport.WebSocketCase.join;
import static io.heartline.gateway.transport.WebSocketCase.pong;
import static io.heartline.gateway.transport.WebSocketCase.unmasked;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** Rules of RFC 6455 for a server, as bytes after the handshake. The cases follow those of Autobahn. */
final class WebSocketCases {

    private static final int PROTOCOL_ERROR = 1002;
    private static final int INVALID_PAYLOAD = 1007;
    private static final int TOO_BIG = 1009;
    private static final byte[] NONE = {};

    private final List<WebSocketCase> cases = new ArrayList<>();

    private WebSocketCases() {}

    static List<WebSocketCase> all() {
        WebSocketCases all = new WebSocketCases();
        all.framing();
        all.pings();
        all.reserved();
        all.fragments();
        all.utf8();
        all.closing();
        return all.cases;
    }

    /** RFC 6455, 5.1 and 5.2. */
    private void framing() {
        for (int length : List.of(0, 1, 125, 126, 127, 128, 16_384)) {
            add("a text of " + length + " bytes", frame(FIN | TEXT, text("x".repeat(length))), OPEN);
            add("binary of " + length + " bytes", frame(FIN | BINARY, new byte[length]), OPEN);
        }
        add("a frame of 16385 bytes", frame(FIN | BINARY, new byte[16_385]), close(TOO_BIG));
        add("a header of 10 MiB", bytes(0x82, 0xFF, 0, 0, 0, 0, 0, 0xA0, 0, 0, 1, 2, 3, 4), close(TOO_BIG));
        add("a negative length", bytes(0x82, 0xFF, 0x80, 0, 0, 0, 0, 0, 0, 1, 1, 2, 3, 4), close(PROTOCOL_ERROR));
        add("5 bytes as 16 bits", bytes(0x82, 0xFE, 0, 5, 0, 0, 0, 0, 1, 2, 3, 4, 5), close(PROTOCOL_ERROR));
        add("5 bytes as 64 bits", bytes(0x82, 0xFF, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0), close(PROTOCOL_ERROR));
        add("an unmasked text", unmasked(FIN | TEXT, text("x")), close(PROTOCOL_ERROR));
        add("an unmasked ping", unmasked(FIN | PING, NONE), close(PROTOCOL_ERROR));
        add("an unmasked close", unmasked(FIN | CLOSE, bytes(0x03, 0xE8)), close(PROTOCOL_ERROR));
        add(
                "much after an invalid frame",
                join(unmasked(FIN | TEXT, text("x")), new byte[50_000], frame(FIN | PING, text("p"))),
                close(PROTOCOL_ERROR));
    }

    /** RFC 6455, 5.5.2 and 5.5.3. */
    private void pings() {
        add("an empty ping", frame(FIN | PING, NONE), pong(""));
        add("a ping", frame(FIN | PING, text("hello")), pong("hello"));
        add("a ping of 125 bytes", frame(FIN | PING, text("x".repeat(125))), pong("x".repeat(125)));
        add("a ping of 126 bytes", frame(FIN | PING, text("x".repeat(126))), close(PROTOCOL_ERROR));
        add("a ping of 64-bit length", bytes(0x89, 0xFF, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0), close(PROTOCOL_ERROR));
        add("an empty pong", frame(FIN | PONG, NONE), OPEN);
        add("a pong", frame(FIN | PONG, text("unasked")), OPEN);
        add("a pong, and a ping", join(frame(FIN | PONG, text("x")), frame(FIN | PING, text("p"))), pong("p"));
        add("a text, and a ping", join(frame(FIN | TEXT, text("x")), frame(FIN | PING, text("p"))), pong("p"));
    }

    /** RFC 6455, 5.2: reserved bits and opcodes. */
    private void reserved() {
        for (int bit : List.of(0x40, 0x20, 0x10, 0x70)) {
            for (int opcode : List.of(TEXT, BINARY, PING, CLOSE)) {
                add("reserved bits " + hex(bit | opcode), frame(FIN | bit | opcode, NONE), close(PROTOCOL_ERROR));
            }
        }
        for (int opcode : List.of(3, 4, 5, 6, 7, 11, 12, 13, 14, 15)) {
            add("opcode " + opcode, frame(FIN | opcode, NONE), close(PROTOCOL_ERROR));
        }
        add("opcode 3 in parts", frame(3, NONE), close(PROTOCOL_ERROR));
    }

    /** RFC 6455, 5.4. */
    private void fragments() {
        byte[] first = frame(TEXT, text("one "));
        byte[] next = frame(CONTINUATION, text("two "));
        byte[] last = frame(FIN | CONTINUATION, text("three"));
        byte[] ping = frame(FIN | PING, text("p"));
        add("a text in three parts", join(first, next, last), OPEN);
        add("a text in empty parts", join(frame(TEXT, NONE), frame(CONTINUATION, NONE), frame(FIN, NONE)), OPEN);
        add("binary in two parts", join(frame(BINARY, NONE), last), OPEN);
        for (int type : List.of(TEXT, BINARY)) {
            byte[] half = frame(type, new byte[8_192]);
            byte[] part = frame(CONTINUATION, new byte[8_192]);
            byte[] rest = frame(FIN | CONTINUATION, new byte[8_192]);
            add("16384 bytes of type " + type + " in two parts", join(half, rest), OPEN);
            add("16384 bytes of type " + type + " in parts, twice", join(half, rest, half, rest), OPEN);
            add("16385 bytes of type " + type + " in parts", join(half, part, frame(FIN, new byte[1])), close(TOO_BIG));
            add(
                    "16385 bytes of type " + type + " without end",
                    join(half, part, frame(0, new byte[1])),
                    close(TOO_BIG));
        }
        add("two texts in two parts each", join(first, last, first, last), OPEN);
        add("a ping between parts", join(first, ping, last), pong("p"));
        add("a text that does not end, and a ping", join(first, next, ping), pong("p"));
        add("a close between parts", join(first, frame(FIN | CLOSE, bytes(0x03, 0xE8))), close(1000));
        add("a last part without a first", last, close(PROTOCOL_ERROR));
        add("a part without a first", next, close(PROTOCOL_ERROR));
        add("a part after the last", join(first, last, last), close(PROTOCOL_ERROR));
        add("a text in the middle of another", join(first, frame(FIN | TEXT, NONE)), close(PROTOCOL_ERROR));
        add("binary in the middle of a text", join(first, frame(BINARY, NONE)), close(PROTOCOL_ERROR));
        add("a ping in parts", frame(PING, NONE), close(PROTOCOL_ERROR));
        add("a pong in parts", frame(PONG, NONE), close(PROTOCOL_ERROR));
        add("a close in parts", frame(CLOSE, NONE), close(PROTOCOL_ERROR));
    }

    /** RFC 6455, 5.6 and 8.1. */
    private void utf8() {
        for (String valid : List.of("κόσμε", "\0", "\u007f\u0080\u07ff\u0800\uffff", "😀", "\ufffe", "\udbff\udfff")) {
            byte[] utf8 = text(valid);
            add("UTF-8 " + hex(utf8), frame(FIN | TEXT, utf8), OPEN);
            add("UTF-8 " + hex(utf8) + " byte by byte", byteByByte(utf8), OPEN);
        }
        for (String invalid : List.of(
                "80",
                "bf",
                "c0af",
                "e080af",
                "c1bf",
                "eda080",
                "edbfbf",
                "f4908080",
                "f8888080",
                "fe",
                "ff",
                "e282",
                "f09f98",
                "c3",
                "ce28",
                "6180")) {
            byte[] bytes = HexFormat.of().parseHex(invalid);
            add("no UTF-8: " + invalid, frame(FIN | TEXT, bytes), close(INVALID_PAYLOAD));
            add("no UTF-8: " + invalid + " byte by byte", byteByByte(bytes), close(INVALID_PAYLOAD));
            add("binary " + invalid, frame(FIN | BINARY, bytes), OPEN);
        }
        add(
                "a part that is no UTF-8, before the last",
                join(frame(TEXT, text("ok")), frame(CONTINUATION, bytes(0xFF))),
                close(INVALID_PAYLOAD));
        add(
                "binary in parts after a text",
                join(frame(FIN | TEXT, text("ok")), frame(BINARY, bytes(0xFF)), frame(FIN, bytes(0xFF))),
                OPEN);
        add(
                "a ping within a character",
                join(frame(TEXT, bytes(0xC3)), frame(FIN | PING, bytes('p')), frame(FIN, bytes(0xA9))),
                pong("p"));
    }

    /** RFC 6455, 5.5.1 and 7.4. */
    private void closing() {
        add("a close without a code", frame(FIN | CLOSE, NONE), "close");
        add("a close of one byte", frame(FIN | CLOSE, bytes(3)), close(PROTOCOL_ERROR));
        add("a reason", closing(1000, text("bye, κόσμε")), close(1000));
        add("a reason of 123 bytes", closing(1000, text("x".repeat(123))), close(1000));
        add("a reason of 124 bytes", closing(1000, text("x".repeat(124))), close(PROTOCOL_ERROR));
        add("a reason that is no UTF-8", closing(1000, bytes('o', 'k', 0xFF)), close(INVALID_PAYLOAD));
        add("a reason that breaks off", closing(1000, bytes('o', 'k', 0xE2, 0x82)), close(INVALID_PAYLOAD));
        for (int code : List.of(1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999)) {
            add("close code " + code, closing(code, NONE), close(code));
        }
        for (int code : List.of(0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 32_768, 65_535)) {
            add("close code " + code, closing(code, NONE), close(PROTOCOL_ERROR));
            add("close code " + code + " with a reason", closing(code, text("why")), close(PROTOCOL_ERROR));
        }
        byte[] normal = closing(1000, NONE);
        add("a ping after a close", join(normal, frame(FIN | PING, text("p"))), close(1000));
        add("a text after a close", join(normal, frame(FIN | TEXT, text("x"))), close(1000));
        add("a close after a close", join(normal, closing(1001, NONE)), close(1000));
        add("an invalid frame after a close", join(normal, unmasked(FIN | TEXT, text("x"))), close(1000));
    }

    private static byte[] closing(int code, byte[] reason) {
        return frame(FIN | CLOSE, join(bytes(code >> 8, code), reason));
    }

    /** Returns a text with a frame for each byte. */
    private static byte[] byteByByte(byte[] text) {
        byte[] parts = frame(TEXT, NONE);
        for (byte one : text) {
            parts = join(parts, frame(CONTINUATION, new byte[] {one}));
        }
        return join(parts, frame(FIN | CONTINUATION, NONE));
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String hex(int value) {
        return Integer.toHexString(value);
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    private void add(String name, byte[] bytes, String answer) {
        cases.add(new WebSocketCase(name, bytes, answer));
    }
}
