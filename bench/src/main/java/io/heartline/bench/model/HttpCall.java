package io.heartline.bench.model;

/**
 * An HTTP request: a GET without a body, or else a POST of JSON.
 *
 * @param json null without a body
 * @param authorization null without a token
 * @param eventId id of the request if it is a CloudEvent in binary mode; otherwise null
 */
public record HttpCall(String path, byte[] json, String authorization, String eventId) {

    public static HttpCall get(String path) {
        return new HttpCall(path, null, null, null);
    }

    public static HttpCall post(String path, byte[] json) {
        return new HttpCall(path, json, null, null);
    }
}
