/**
 * The load generator: each {@link io.mainstem.bench.Scenario} starts a server of its own in another
 * process with an empty data directory, loads it over its real sockets from this one, and reports
 * what the users of it saw, together with what the machine itself can do.
 *
 * <p>In: the name of a scenario. Out: a table, and one JSON object a line for each figure.
 */
@NullMarked
package io.mainstem.bench;

import org.jspecify.annotations.NullMarked;
