/**
 * A cell: nodes that share its users by a ring over the partitions.
 *
 * <p>In: who is there ({@link io.mainstem.cell.Membership}), what the gateways ask of mailboxes,
 * what other nodes ask. Out: partitions taken and given in the store; commands and queries at their
 * owner, here or over the wire.
 *
 * <p>Invariants: membership says who <em>should</em> own a partition; the store alone decides who
 * does. A request is passed on at most once. A command whose outcome is unknown is made again only
 * when repeating it changes nothing. A watch outlives every change of owner, without gap or
 * duplicate.
 */
@NullMarked
package io.mainstem.cell;

import org.jspecify.annotations.NullMarked;
