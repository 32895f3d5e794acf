/**
 * Puts the program together: {@link io.mainstem.app.Mainstem} builds every part and hands it to the
 * next; {@link io.mainstem.app.DataDirectory} is what one process owns on disk.
 *
 * <p>In: a configuration. Out: a running node, or one line that says why there is none.
 */
@NullMarked
package io.mainstem.app;

import org.jspecify.annotations.NullMarked;
