/**
 * Faults on purpose: real server processes are killed, frozen and stopped while many people write
 * to one another, and a checker holds what is there afterwards against what was acknowledged.
 *
 * <pre>
 *   Load (people with two devices each) ──► History ──┐
 *   Fault ──► Rig (the processes)                     ├──► Evidence ──► Checker ──► Verdict
 *   Afterwards (reads mailboxes, logs, counts) ───────┘
 * </pre>
 *
 * <p>In: names of faults. Out: for each fault how long people were without service, and a verdict.
 *
 * <p>Invariants: a message keeps its id through every try; the history knows of a message before
 * the server can; {@link io.mainstem.bench.faults.Checker} is pure and reads nothing but the
 * evidence; a fault that a rig cannot do is left out by name, never passed.
 */
@NullMarked
package io.mainstem.bench.faults;

import org.jspecify.annotations.NullMarked;
