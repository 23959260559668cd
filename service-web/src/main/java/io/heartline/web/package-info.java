/**
 * What holds for the HTTP of all services: who may listen beyond loopback, and the id of an answer. It knows none of them, and
 * nothing of likes.
 */
package io.heartline.web;
