package io.mainstem.directory;

/**
 * A SCRAM-SHA-256 login of which the client has said its first message. Used once.
 *
 * <pre>
 * C: client-first    {@link Logins#scram}
 * S: challenge       {@link #challenge}
 * C: client-final    {@link #finish}
 * S: proof           {@link Result#proof}; the client may look at it, and says nothing more
 * </pre>
 */
public interface ScramLogin {
  /** What a server of SASL sends next, before base 64. */
  String challenge();

  /**
   * Judges the client's final message; refuses with INVALID what is none. A second call is Wrong.
   */
  Result finish(String clientFinal);

  /**
   * @param proof that the server knows the password's keys too; empty unless the outcome is Welcome
   */
  record Result(LoginOutcome outcome, String proof) {}
}
