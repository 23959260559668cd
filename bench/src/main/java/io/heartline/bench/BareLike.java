package io.heartline.bench;

import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * A like as read by Jackson's token stream and no more: nothing is checked, and {@code at} stays text. Nobody who needs the
 * fields reads them for less.
 */
record BareLike(String id, String type, String postId, String authorId, String likerId, String at) {

    private static final JsonFactory JSON = new JsonFactory();

    static BareLike of(byte[] value) {
        String id = null;
        String type = null;
        String postId = null;
        String authorId = null;
        String likerId = null;
        String at = null;
        try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), value)) {
            json.nextToken();
            for (String field = json.nextName(); field != null; field = json.nextName()) {
                json.nextToken();
                switch (field) {
                    case "id" -> id = json.getString();
                    case "type" -> type = json.getString();
                    case "postId" -> postId = json.getString();
                    case "authorId" -> authorId = json.getString();
                    case "likerId" -> likerId = json.getString();
                    case "at" -> at = json.getString();
                    default -> json.skipChildren();
                }
            }
        }
        return new BareLike(id, type, postId, authorId, likerId, at);
    }
}
