/**
 * Who has an account here: accounts, domains, addresses, passwords, sessions, and in which cell a
 * user lives.
 *
 * <p>In: names, addresses and secrets as people and gateways give them. Out: {@link
 * io.mainstem.directory.Account}s, {@link io.mainstem.directory.Recipient}s, outcomes of logins,
 * sessions. Rows are JSON, one table each:
 *
 * <pre>
 * ACCOUNT       (user id, "")              the account, with all its addresses
 * DOMAIN        (name, "")                 policy of a domain
 * ADDRESS       (address key, "")          who claimed it, and when
 * CREDENTIALS   (user id, "")              Argon2id hash and SCRAM-SHA-256 keys of the password
 * APP_PASSWORD  (user id, SHA-256 in hex)  its label
 * SESSION       (user id, SHA-256 in hex)  a logged-in device
 * </pre>
 *
 * <p>Invariants: an address is claimed before the account that lists it is written, and belongs to
 * an account only when both name each other; a claim without an account lapses after an hour. No
 * secret is stored: passwords as Argon2id, secrets of 128 and more random bits as SHA-256. Futures
 * complete on the context of the caller, when he has one; nothing blocks it.
 */
@NullMarked
package io.mainstem.directory;

import org.jspecify.annotations.NullMarked;
