/**
 * The demo: three people with a few days of conversations, made once in a data directory, and what
 * the page offers them at first.
 *
 * <p>In: the parts of a running node. Out: accounts, messages made by the same commands as
 * anybody's, the block of text that greets whoever started it, and the first steps on the page.
 * Nothing here is used by a server that is no demo.
 *
 * <p>Invariants: the text is the same every time, its dates are relative to the first start; a
 * start that was killed in the middle goes on where it was, for every command has its own id.
 */
@NullMarked
package io.mainstem.app.demo;

import org.jspecify.annotations.NullMarked;
