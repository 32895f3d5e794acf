/**
 * The state of a mailbox: values and objects derived from the log alone.
 *
 * <p>Every object is an immutable record under a short key, and covers the log up to one seq.
 * {@code apply} copies outcomes from an event into one object and reads no other.
 *
 * <pre>
 * header                    counts, settings, folders, tails of lists, shapes of indexes, outbox, what is due
 * t/THREAD                  a thread: its people, tallies, last 15 messages, watermarks
 * h/THREAD                  which history pages there are, by the first position of each
 * h/THREAD/N                up to 256 messages in display order, with their places and flags
 * l/LIST, l/LIST/N          the threads of one folder and channel by newest message: page table and pages
 * p/FOLDER/N                placements of UIDs 256·N+1 … 256·N+256
 * s/FOLDER/N                summaries of the same UIDs
 * x/FOLDER/N                UIDs expunged of the same range, with the seq
 * k/NAME/G/N                index NAME: page N of the 4^G pages of generation G
 * d/ID                      a draft
 * dead                      messages given up
 * meta                      annotations of folders
 * </pre>
 *
 * <p>Invariant: the same log gives the same bytes, in one go, in pieces, with or without content
 * that was redacted later.
 */
@NullMarked
package io.mainstem.mailbox.state;

import org.jspecify.annotations.NullMarked;
