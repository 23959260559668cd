/**
 * The MongoDB client: its timeouts, its health, the creation of indexes, and blocking calls for the worker's thread. Operations of
 * beans with {@link io.heartline.reports.mongo.ForRequests} have the short timeout of an HTTP request.
 *
 * <p>Does not know reports or runs. Depends on no other package of this module.
 */
package io.heartline.reports.mongo;
