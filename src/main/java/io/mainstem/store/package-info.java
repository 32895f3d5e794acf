/**
 * What is needed of a database: the log and objects of mailboxes, ownership of partitions, and the
 * directory's rows. One contract test each holds every implementation to it.
 *
 * <p>Everything of a user is keyed by (user, generation). Only the store decides who owns a user:
 * an append is settled when it is durable and its epoch still stands.
 */
@NullMarked
package io.mainstem.store;

import org.jspecify.annotations.NullMarked;
