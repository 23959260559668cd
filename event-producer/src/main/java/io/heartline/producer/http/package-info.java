/**
 * The HTTP edge: {@code POST /v1/likes}, {@code PUT} and {@code DELETE} of a like, problems, problem pages, the JSON Schema of a like
 * and the OpenAPI document. It turns requests into calls of {@code array}, {@code stream} and {@code kafka}, and failures into RFC
 * 9457 problems.
 *
 * <p>It may depend on every package of the service except the root package.
 */
package io.heartline.producer.http;
