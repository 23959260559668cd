/**
 * Traces of requests: the header {@code traceparent}, and whether a caller's trace is continued. Spring Boot's auto-configurations
 * are removed while traces are off. It depends on no other package of this module.
 */
package io.heartline.web.trace;
