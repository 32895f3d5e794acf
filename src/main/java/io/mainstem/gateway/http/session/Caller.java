package io.mainstem.gateway.http.session;

import io.mainstem.directory.Account;
import io.mainstem.message.UserId;

/**
 * Whose request it is, by a session that lives.
 *
 * @param sessionId as listed; not the token
 * @param expiresMillis when the session ends unless it is used before
 * @param byCookie whether a cookie said so, which a browser sends unasked
 */
public record Caller(Account account, String sessionId, long expiresMillis, boolean byCookie) {
  public UserId user() {
    return account.id();
  }
}
