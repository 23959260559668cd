/**
 * What holds for the HTTP of all services: who may ask, who is not waited for, and the id of an answer. It knows none of them,
 * and nothing of likes.
 */
package io.heartline.web;
