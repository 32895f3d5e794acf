/**
 * The nouns of the program: values that every other package speaks of. They know nothing of wires,
 * stores or frameworks.
 *
 * <p>Invariant: every type is an immutable value; a compact constructor refuses what can never be
 * legal.
 */
@NullMarked
package io.mainstem.message;

import org.jspecify.annotations.NullMarked;
