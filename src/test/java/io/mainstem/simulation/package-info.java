/**
 * A cell in one thread: a virtual clock, a network that loses, delays and splits, replicas that
 * apply late or never, nodes that freeze and crash. What runs on it is the real ownership, append
 * and chain code and the real mailbox host. A run is a function of its seed.
 */
@NullMarked
package io.mainstem.simulation;

import org.jspecify.annotations.NullMarked;
