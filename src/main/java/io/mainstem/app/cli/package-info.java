/**
 * The command line: {@code mainstem [serve]} runs a node; the other commands speak to a running one
 * through its admin API.
 *
 * <p>Exit codes: 0 done or cleanly stopped, 2 a bad configuration or command line, 1 anything else.
 */
@NullMarked
package io.mainstem.app.cli;

import org.jspecify.annotations.NullMarked;
