package io.heartline.producer.like;

import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** Reads a body, a line or an item that has to be exactly one JSON object in UTF-8. */
final class JsonBody {

    private static final JsonFactory JSON = new JsonFactory();

    private JsonBody() {}

    /** Reads the members of an object. */
    interface ObjectReader {

        /** @param json a parser at the start of the object; afterwards it must be at its end */
        void read(JsonParser json);
    }

    /** @throws RefusedException if the bytes are anything else than one object */
    static void readObject(byte[] bytes, int offset, int length, ObjectReader reader) {
        requireUtf8(bytes, offset, length);
        try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), bytes, offset, length)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw invalid(json.currentToken() == null ? "is empty" : "must be a JSON object");
            }
            reader.read(json);
            if (json.nextToken() != null) {
                throw invalid("something follows the JSON object");
            }
        } catch (JacksonException e) {
            String where = e.getLocation() == null
                    ? ""
                    : " at line " + e.getLocation().getLineNr() + ", column "
                            + e.getLocation().getColumnNr();
            throw invalid("malformed JSON" + where);
        }
    }

    private static RefusedException invalid(String detail) {
        return RefusedException.invalid(List.of(FieldError.ofBody(detail)));
    }

    /** Rejects UTF-16 and UTF-32, which Jackson accepts. They have zeros among the first bytes, and JSON in UTF-8 has none. */
    private static void requireUtf8(byte[] bytes, int offset, int length) {
        for (int i = offset; i < offset + Math.min(4, length); i++) {
            if (bytes[i] == 0) {
                throw invalid("must be JSON in UTF-8");
            }
        }
    }
}
