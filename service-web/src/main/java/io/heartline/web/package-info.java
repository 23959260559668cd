/**
 * The HTTP edge that all three services share. Each package below is independent of the services and of likes. Most of it is
 * auto-configured, and services import the rest.
 */
package io.heartline.web;
