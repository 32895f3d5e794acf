package io.mainstem.directory;

/**
 * What is kept of a password: nothing that can be used to log in.
 *
 * @param argon2 in PHC string form: {@code $argon2id$v=19$m=19456,t=2,p=1$salt$hash}
 * @param scram keys for AUTH SCRAM-SHA-256
 * @param version the account's passwordVersion that they belong to
 */
public record Credentials(String argon2, ScramKeys scram, long version, long changedMillis) {}
