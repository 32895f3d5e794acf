package io.mainstem.gateway.imap.handlers;

import io.mainstem.directory.Account;
import io.mainstem.gateway.imap.protocol.ImapCommand;
import io.mainstem.gateway.imap.session.Capabilities;
import io.mainstem.gateway.imap.session.Credentials;
import io.mainstem.gateway.imap.session.ImapParts;
import io.mainstem.gateway.imap.session.Login;
import io.mainstem.gateway.imap.session.Outcome;
import io.mainstem.gateway.imap.session.Refused;
import io.mainstem.gateway.imap.session.Session;
import io.mainstem.gateway.imap.session.Status;
import io.vertx.core.Future;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * LOGIN and AUTHENTICATE (RFC 9051 §6.2.2, §6.2.3): SCRAM-SHA-256 (RFC 7677), OAUTHBEARER (RFC
 * 7628), PLAIN (RFC 4616) and LOGIN.
 */
final class LoginHandler {
  private final ImapParts parts;

  LoginHandler(ImapParts parts) {
    this.parts = parts;
  }

  Future<Outcome> onLogin(Session.Fresh session, ImapCommand.Login command) {
    mayLogin(session);
    return check(session, command.user(), command.password());
  }

  Future<Outcome> onAuthenticate(Session.Fresh session, ImapCommand.Authenticate command) {
    mayLogin(session);
    String initial = command.initial();
    Outcome.Exchange exchange =
        switch (command.mechanism()) {
          case "PLAIN" -> response -> onPlain(session, text(response));
          case "LOGIN" -> response -> onName(session, text(response));
          case "SCRAM-SHA-256" -> response -> onScram(session, text(response));
          case "OAUTHBEARER" -> response -> onBearer(session, text(response));
          default ->
              throw Refused.no(
                  "CANNOT", "AUTHENTICATE takes SCRAM-SHA-256, OAUTHBEARER, PLAIN or LOGIN");
        };
    if (initial != null) {
      return exchange.onResponse(decode(initial));
    }
    String prompt = command.mechanism().equals("LOGIN") ? base64("User Name") : "";
    return challenge(session, prompt, exchange).now();
  }

  private void mayLogin(Session.Fresh session) {
    if (!Capabilities.mayLogin(session, parts.config())) {
      throw Refused.no("PRIVACYREQUIRED", "Say STARTTLS first"); // RFC 5530 §3
    }
  }

  private static Outcome challenge(Session session, String base64, Outcome.Exchange exchange) {
    return new Outcome(session, Status.ok(""), new Outcome.Then.Challenge(base64, exchange));
  }

  private Future<Outcome> onName(Session.Fresh session, String name) {
    return challenge(session, base64("Password"), response -> check(session, name, text(response)))
        .now();
  }

  /** {@code [authzid] NUL authcid NUL passwd} (RFC 4616 §2); nobody acts for another here. */
  private Future<Outcome> onPlain(Session.Fresh session, String text) {
    String[] parts = text.split("\0", -1);
    if (parts.length != 3) {
      throw Refused.bad("PLAIN is identity, name and password with NUL between");
    }
    if (!parts[0].isEmpty() && !parts[0].equals(parts[1])) {
      throw Refused.no("AUTHORIZATIONFAILED", "Nobody can act for another user");
    }
    return check(session, parts[1], parts[2]);
  }

  /**
   * {@code n,a=identity,^Akey=value^A…^A^A} (RFC 7628 §3.1). A token that is not valid is answered
   * by a challenge that says so, and the client's next word ends the exchange (§3.2.3).
   */
  private Future<Outcome> onBearer(Session.Fresh session, String text) {
    String[] fields = text.split("\u0001", -1);
    String[] head = fields[0].split(",", -1);
    boolean whole = text.endsWith("\u0001\u0001") && head.length == 3 && head[0].equals("n");
    String identity = whole && head[1].startsWith("a=") ? head[1].substring(2) : "";
    String token = "";
    for (String field : fields) {
      if (field.regionMatches(true, 0, "auth=Bearer ", 0, 12)) {
        token = field.substring(12).strip();
      }
    }
    if (!whole || token.isEmpty() || !head[1].isEmpty() && identity.isEmpty()) {
      throw Refused.bad("This is not how OAUTHBEARER goes");
    }
    return parts
        .credentials()
        .bearer(token, identity.replace("=2C", ",").replace("=3D", "="))
        .map(account -> welcome(session, account))
        .recover(
            cause ->
                cause instanceof Refused refused
                    ? challenge(
                            session,
                            base64("{\"status\":\"invalid_token\"}"),
                            ended -> Future.failedFuture(refused))
                        .now()
                    : Future.failedFuture(cause));
  }

  /** RFC 5802 §5: the server's first message is a challenge, and its final one too. */
  private Future<Outcome> onScram(Session.Fresh session, String clientFirst) {
    return parts
        .credentials()
        .scram(clientFirst, session.client())
        .map(
            scram ->
                challenge(
                    session,
                    base64(scram.challenge()),
                    response -> onScramFinal(session, scram, text(response))));
  }

  private Future<Outcome> onScramFinal(
      Session.Fresh session, Credentials.Scram scram, String clientFinal) {
    var proved = scram.finish(clientFinal);
    // What the client says then means nothing: it has seen that we know its password.
    return challenge(
            session, base64(proved.proof()), response -> welcome(session, proved.account()).now())
        .now();
  }

  private Future<Outcome> check(Session.Fresh session, String name, String password) {
    return parts
        .credentials()
        .check(name, password, session.client())
        .map(account -> welcome(session, account));
  }

  private Outcome welcome(Session.Fresh session, Account account) {
    Session now = session.toAuthenticated(new Login(account));
    return Outcome.of(
        now, Status.ok("CAPABILITY " + Capabilities.of(now, parts.config()), "Welcome"));
  }

  /** Base 64 of a response (RFC 9051 §6.2.2). */
  static byte[] decode(String base64) {
    try {
      return Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw Refused.bad("The response is not base 64");
    }
  }

  private static String text(byte[] response) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(response)).toString();
    } catch (CharacterCodingException e) {
      throw Refused.bad("The response is not UTF-8");
    }
  }

  private static String base64(String s) {
    return Base64.getEncoder().encodeToString(s.getBytes(StandardCharsets.US_ASCII));
  }
}
