/**
 * The settings that all reports of a database are counted with: zone, hash function, schema and hash secret. The first instance
 * stores them. Every instance compares its own settings before it folds or reads.
 * {@link io.heartline.reports.settings.HashSecretRotation} replaces the secret.
 *
 * <p>May depend on {@code progress}, {@code fold}, {@code mongo} and {@code failure}.
 */
package io.heartline.reports.settings;
