package io.mainstem.gateway.smtp.handlers;

import io.mainstem.gateway.smtp.protocol.SmtpCommand;
import io.mainstem.gateway.smtp.protocol.SmtpReply;
import io.mainstem.gateway.smtp.session.AuthExchange;
import io.mainstem.gateway.smtp.session.Credentials;
import io.mainstem.gateway.smtp.session.Login;
import io.mainstem.gateway.smtp.session.Role;
import io.mainstem.gateway.smtp.session.Session;
import io.mainstem.gateway.smtp.session.Setup;
import io.mainstem.gateway.smtp.session.Turn;
import io.vertx.core.Future;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** AUTH (RFC 4954): SCRAM-SHA-256 (RFC 7677), PLAIN (RFC 4616) and LOGIN, for submission. */
final class AuthHandler {
  private static final SmtpReply CHALLENGE = SmtpReply.plain(334, "");
  private static final SmtpReply ASK_NAME = SmtpReply.plain(334, base64("Username:"));
  private static final SmtpReply ASK_PASSWORD = SmtpReply.plain(334, base64("Password:"));

  private final Setup setup;
  private final Credentials credentials;

  AuthHandler(Setup setup, Credentials credentials) {
    this.setup = setup;
    this.credentials = credentials;
  }

  Future<Turn> onAuth(Session session, SmtpCommand.Auth command) {
    SmtpReply refusal = refusal(session);
    if (refusal != null) {
      return Turn.reply(session, refusal).now();
    }
    String initial = command.initialResponse();
    return switch (command.mechanism()) {
      case "PLAIN" ->
          initial == null
              ? ask(session, CHALLENGE, new AuthExchange.Plain())
              : onResponse(session, new AuthExchange.Plain(), initial);
      case "LOGIN" ->
          initial == null
              ? ask(session, ASK_NAME, new AuthExchange.LoginName())
              : onResponse(session, new AuthExchange.LoginName(), initial);
      case "SCRAM-SHA-256" ->
          initial == null
              ? ask(session, CHALLENGE, new AuthExchange.ScramFirst())
              : onResponse(session, new AuthExchange.ScramFirst(), initial);
      default ->
          Turn.reply(session, SmtpReply.of(504, 5, 4, "AUTH takes SCRAM-SHA-256, PLAIN or LOGIN"))
              .now();
    };
  }

  private @Nullable SmtpReply refusal(Session session) {
    if (setup.role() != Role.SUBMISSION) {
      return SmtpReply.of(502, 5, 1, "Not implemented");
    }
    if (session.peer().login() != null) {
      return Answers.badSequence("You are logged in");
    }
    // RFC 4954 §4: not before EHLO, not inside a mail.
    if (!(session instanceof Session.Ready)) {
      return Answers.badSequence(
          session instanceof Session.Fresh ? "Say EHLO first" : "A mail is under way");
    }
    // RFC 4954 §6.
    return setup.mayAuthenticate(session.peer())
        ? null
        : SmtpReply.of(538, 7, 11, "Say STARTTLS first");
  }

  private static Future<Turn> ask(Session session, SmtpReply challenge, AuthExchange exchange) {
    return new Turn(session, challenge, new Turn.Then.Response(exchange)).now();
  }

  Future<Turn> onResponse(Session session, AuthExchange exchange, byte[] line) {
    return onResponse(session, exchange, new String(line, StandardCharsets.ISO_8859_1));
  }

  private Future<Turn> onResponse(Session session, AuthExchange exchange, String response) {
    if (response.equals("*")) {
      // RFC 4954 §4.
      return Turn.reply(session, SmtpReply.of(501, 7, 0, "Authentication cancelled")).now();
    }
    String text = decoded(response);
    if (text == null) {
      return Turn.reply(session, SmtpReply.of(501, 5, 2, "The response is not base 64 of UTF-8"))
          .now();
    }
    return switch (exchange) {
      case AuthExchange.Plain plain -> onPlain(session, text);
      case AuthExchange.LoginName asked ->
          ask(session, ASK_PASSWORD, new AuthExchange.LoginPassword(text));
      case AuthExchange.LoginPassword asked -> check(session, asked.name(), text);
      case AuthExchange.ScramFirst asked -> onScramFirst(session, text);
      case AuthExchange.ScramFinal asked -> onScramFinal(session, asked.scram(), text);
      // What the client says now means nothing: it has seen that we know its password.
      case AuthExchange.ScramProved proved -> welcome(ready(session), proved.login()).now();
    };
  }

  /** RFC 5802 §5: the server's first message is a challenge, and its final one too. */
  private Future<Turn> onScramFirst(Session session, String clientFirst) {
    return credentials
        .scram(clientFirst, ready(session).peer().address())
        .map(
            scram ->
                new Turn(
                    session,
                    SmtpReply.plain(334, base64(scram.challenge())),
                    new Turn.Then.Response(new AuthExchange.ScramFinal(scram))))
        .otherwise(cause -> Turn.reply(session, Answers.refusal(cause)));
  }

  private static Future<Turn> onScramFinal(
      Session session, Credentials.Scram scram, String clientFinal) {
    return scram
        .finish(clientFinal)
        .map(
            proved ->
                new Turn(
                    session,
                    SmtpReply.plain(334, base64(proved.proof())),
                    new Turn.Then.Response(new AuthExchange.ScramProved(proved.login()))))
        .otherwise(cause -> Turn.reply(session, Answers.refusal(cause)));
  }

  private static Session.Ready ready(Session session) {
    if (session instanceof Session.Ready ready) {
      return ready;
    }
    throw new IllegalStateException("AUTH began in another state");
  }

  private static Turn welcome(Session.Ready ready, Login login) {
    return Turn.reply(ready.toLoggedIn(login), SmtpReply.of(235, 7, 0, "Welcome"));
  }

  /** {@code [authzid] NUL authcid NUL passwd} (RFC 4616 §2); nobody acts for another here. */
  private Future<Turn> onPlain(Session session, String text) {
    String[] parts = text.split("\0", -1);
    if (parts.length != 3) {
      return Turn.reply(
              session,
              SmtpReply.of(501, 5, 2, "PLAIN is identity, name and password with NUL between"))
          .now();
    }
    if (!parts[0].isEmpty() && !parts[0].equals(parts[1])) {
      return Turn.reply(session, SmtpReply.of(535, 7, 8, "Nobody can act for another user")).now();
    }
    return check(session, parts[1], parts[2]);
  }

  private Future<Turn> check(Session session, String name, String password) {
    Session.Ready ready = ready(session);
    return credentials
        .check(name, password, ready.peer().address())
        .map(login -> welcome(ready, login))
        .otherwise(cause -> Turn.reply(ready, Answers.refusal(cause)));
  }

  private static @Nullable String decoded(String response) {
    if (response.equals("=")) {
      return "";
    }
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(Base64.getDecoder().decode(response)))
          .toString();
    } catch (IllegalArgumentException | CharacterCodingException e) {
      return null;
    }
  }

  private static String base64(String s) {
    return Base64.getEncoder().encodeToString(s.getBytes(StandardCharsets.US_ASCII));
  }
}
