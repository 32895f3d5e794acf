/**
 * The real program in a process of its own, loaded over its real sockets, killed, starved and lied
 * to; and a checker that compares what was acknowledged with what is there.
 */
@NullMarked
package io.mainstem.faults;

import org.jspecify.annotations.NullMarked;
