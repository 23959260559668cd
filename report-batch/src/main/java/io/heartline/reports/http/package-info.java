/**
 * What all endpoints share: problem details (RFC 9457), the scope that each path needs, and limits on concurrent requests.
 *
 * <p>May depend on {@code failure} and {@code mongo}.
 */
package io.heartline.reports.http;
