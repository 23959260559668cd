/** Tests of the files in {@code deploy}: against the schemas of Kubernetes and Strimzi, the settings of the services, and the docs. */
@NullMarked
package io.heartline.deploy;

import org.jspecify.annotations.NullMarked;
