/**
 * What an operator sees and does: liveness and readiness, metrics, the admin API on the loopback
 * address.
 *
 * <p>In: the {@link io.mainstem.stage.Stages} of all parts, routes that parts add to the admin API.
 * Out: {@code /health/live}, {@code /health/ready}, {@code /metrics}; {@code /admin/…} for those
 * who can read the token file.
 *
 * <p>Invariants: nothing here holds an address, a subject or a text of a user in metrics, health or
 * logs; no check blocks.
 */
@NullMarked
package io.mainstem.ops;

import org.jspecify.annotations.NullMarked;
