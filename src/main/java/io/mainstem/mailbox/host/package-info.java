/**
 * Runs the mailboxes that this node owns: one writer per user, a bounded cache of images, pipelined
 * appends, watchers, agenda, snapshots written behind. What it needs of others it declares here.
 */
@NullMarked
package io.mainstem.mailbox.host;

import org.jspecify.annotations.NullMarked;
