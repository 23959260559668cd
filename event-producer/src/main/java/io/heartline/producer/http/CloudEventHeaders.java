package io.heartline.producer.http;

import io.heartline.producer.http.SingleLikeHandler.EventReader;
import io.heartline.producer.like.CloudEventFactory;
import io.heartline.producer.like.FieldError;
import io.heartline.producer.like.RefusedException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/**
 * The headers of a CloudEvent in binary mode.
 *
 * @param attributes decoded values by the names of the attributes
 * @param errors errors of headers that cannot be decoded
 * @see <a href="https://github.com/cloudevents/spec/blob/main/cloudevents/bindings/http-protocol-binding.md">HTTP binding, 3.1</a>
 */
record CloudEventHeaders(Map<String, String> attributes, List<FieldError> errors) {

    private static final String PREFIX = "ce-";

    /** A request with one of them is a CloudEvent. */
    private static final List<String> REQUIRED = List.of("specversion", "id", "source", "type");

    private static final String TIME = "time";

    /** Returns whether a request is a CloudEvent in binary mode: it has a header of a required attribute. */
    static boolean arePresent(HttpHeaders headers) {
        return first(headers) != null;
    }

    /**
     * Requires that a request is no CloudEvent in binary mode.
     *
     * @param body the body that such headers cannot describe, for example "a JSON array"
     * @throws RefusedException if there is a header of a required attribute
     */
    static void requireNone(HttpHeaders headers, String body) {
        String header = first(headers);
        if (header != null) {
            throw RefusedException.invalidHeader(header, "must not be given with " + body);
        }
    }

    private static @Nullable String first(HttpHeaders headers) {
        return REQUIRED.stream()
                .map(name -> PREFIX + name)
                .filter(headers::containsHeader)
                .findFirst()
                .orElse(null);
    }

    /** Returns a function that reads a body, and creates the event from it and these headers. */
    static EventReader reader(HttpHeaders headers, CloudEventFactory factory) {
        return (request, bytes, offset, length) -> {
            if (isArray(bytes, offset, length)) {
                requireNone(headers, "a JSON array");
            }
            CloudEventHeaders event = read(headers);
            return factory.ofBinary(event.attributes, event.errors, request, bytes, offset, length);
        };
    }

    private static boolean isArray(byte[] bytes, int offset, int length) {
        int i = offset;
        while (i < offset + length && (bytes[i] == ' ' || bytes[i] == '\t' || bytes[i] == '\r' || bytes[i] == '\n')) {
            i++;
        }
        return i < offset + length && bytes[i] == '[';
    }

    private static CloudEventHeaders read(HttpHeaders headers) {
        CloudEventHeaders event = new CloudEventHeaders(new HashMap<>(), new ArrayList<>());
        REQUIRED.forEach(name -> event.read(name, headers));
        event.read(TIME, headers);
        return event;
    }

    private void read(String name, HttpHeaders headers) {
        List<String> values = headers.getOrEmpty(PREFIX + name);
        if (values.size() > 1) {
            errors.add(FieldError.ofHeader(PREFIX + name, "must be given once"));
        } else if (!values.isEmpty()) {
            String value = decode(values.get(0));
            if (value == null) {
                errors.add(FieldError.ofHeader(PREFIX + name, "must be percent-encoded UTF-8"));
            } else {
                attributes.put(name, value);
            }
        }
    }

    /**
     * Decodes the value of a header: first a quoted string, which older senders use, then one round of percent-decoding.
     *
     * @return the value of the attribute; null if the header is malformed
     */
    static @Nullable String decode(String header) {
        String value = header.strip();
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        if (value.startsWith("\"")) {
            byte[] text = unquoted(bytes);
            return text == null ? null : percentDecoded(text);
        }
        return value.indexOf('"') < 0 ? percentDecoded(bytes) : null;
    }

    /** Returns the characters of a quoted string (RFC 9110, 5.6.4); null if it has no end, or more than one. */
    private static byte @Nullable [] unquoted(byte[] bytes) {
        ByteArrayOutputStream text = new ByteArrayOutputStream(bytes.length);
        for (int i = 1; i < bytes.length; i++) {
            if (bytes[i] == '"') {
                return i == bytes.length - 1 ? text.toByteArray() : null;
            }
            if (bytes[i] == '\\') {
                i++;
            }
            if (i < bytes.length) {
                text.write(bytes[i]);
            }
        }
        return null;
    }

    /** Returns null if a byte is no printable character of ASCII, or if the decoded bytes are no UTF-8. */
    private static @Nullable String percentDecoded(byte[] ascii) {
        ByteBuffer utf8 = ByteBuffer.allocate(ascii.length);
        for (int i = 0; i < ascii.length; i++) {
            byte b = ascii[i];
            if (b < ' ' || b > '~') {
                return null;
            }
            if (b == '%') {
                int high = i + 2 < ascii.length ? Character.digit(ascii[i + 1], 16) : -1;
                int low = high < 0 ? -1 : Character.digit(ascii[i + 2], 16);
                if (low < 0) {
                    return null;
                }
                b = (byte) (high << 4 | low);
                i += 2;
            }
            utf8.put(b);
        }
        try {
            // a new decoder reports malformed UTF-8, for example overlong forms and surrogates
            return StandardCharsets.UTF_8.newDecoder().decode(utf8.flip()).toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }
}
