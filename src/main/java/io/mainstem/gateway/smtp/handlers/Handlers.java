package io.mainstem.gateway.smtp.handlers;

import io.mainstem.gateway.smtp.protocol.DataReader;
import io.mainstem.gateway.smtp.protocol.SmtpCommand;
import io.mainstem.gateway.smtp.protocol.SmtpReply;
import io.mainstem.gateway.smtp.session.AuthExchange;
import io.mainstem.gateway.smtp.session.Credentials;
import io.mainstem.gateway.smtp.session.Intake;
import io.mainstem.gateway.smtp.session.Session;
import io.mainstem.gateway.smtp.session.Setup;
import io.mainstem.gateway.smtp.session.Turn;
import io.vertx.core.Future;
import java.util.function.Supplier;

/** Hands each command to its handler. Stateless: all sessions of a listener share it. */
public final class Handlers {
  private final HeloHandler helo;
  private final EhloHandler ehlo;
  private final MailHandler mail;
  private final RcptHandler rcpt;
  private final DataHandler data;
  private final BdatHandler bdat;
  private final RsetHandler rset = new RsetHandler();
  private final VrfyHandler vrfy = new VrfyHandler();
  private final ExpnHandler expn = new ExpnHandler();
  private final HelpHandler help = new HelpHandler();
  private final NoopHandler noop = new NoopHandler();
  private final QuitHandler quit;
  private final StartTlsHandler startTls = new StartTlsHandler();
  private final AuthHandler auth;

  public Handlers(Setup setup, Intake intake, Credentials credentials) {
    this.helo = new HeloHandler(setup);
    this.ehlo = new EhloHandler(setup);
    this.mail = new MailHandler(setup, intake);
    this.rcpt = new RcptHandler(setup, intake);
    this.data = new DataHandler(setup, intake);
    this.bdat = new BdatHandler(setup, intake);
    this.quit = new QuitHandler(setup);
    this.auth = new AuthHandler(setup, credentials);
  }

  public Future<Turn> onCommand(Session session, SmtpCommand command) {
    return guarded(session, () -> dispatch(session, command));
  }

  private Future<Turn> dispatch(Session session, SmtpCommand command) {
    return switch (command) {
      case SmtpCommand.Helo c -> helo.onHelo(session, c).now();
      case SmtpCommand.Ehlo c -> ehlo.onEhlo(session, c).now();
      case SmtpCommand.Mail c -> mail.onMail(session, c);
      case SmtpCommand.Rcpt c -> rcpt.onRcpt(session, c);
      case SmtpCommand.Data c -> data.onData(session);
      case SmtpCommand.Bdat c -> bdat.onBdat(session, c);
      case SmtpCommand.Rset c -> rset.onRset(session).now();
      case SmtpCommand.Vrfy c -> vrfy.onVrfy(session).now();
      case SmtpCommand.Expn c -> expn.onExpn(session).now();
      case SmtpCommand.Help c -> help.onHelp(session).now();
      case SmtpCommand.Noop c -> noop.onNoop(session).now();
      case SmtpCommand.Quit c -> quit.onQuit(session).now();
      case SmtpCommand.StartTls c -> startTls.onStartTls(session).now();
      case SmtpCommand.Auth c -> auth.onAuth(session, c);
    };
  }

  /** The text after DATA came to its end. */
  public Future<Turn> onTextEnd(Session.Receiving session, DataReader.Status end) {
    return guarded(session.toReady(), () -> data.onTextEnd(session, end));
  }

  /** The octets of a BDAT chunk came. */
  public Future<Turn> onChunkEnd(Session session, Turn.Then.Chunk chunk) {
    return guarded(session, () -> bdat.onChunkEnd(session, chunk));
  }

  /** The client answered a challenge. */
  public Future<Turn> onResponse(Session session, AuthExchange exchange, byte[] line) {
    return guarded(session, () -> auth.onResponse(session, exchange, line));
  }

  /** The last words of a session that met a fault of ours. */
  public static SmtpReply fault(Throwable cause) {
    SmtpReply reply = Answers.refusal(cause);
    return SmtpReply.of(421, 3, 0, reply.lines().getFirst());
  }

  /** A fault of our own ends the session: what state it left is not known. */
  private static Future<Turn> guarded(Session session, Supplier<Future<Turn>> turn) {
    Future<Turn> future;
    try {
      future = turn.get();
    } catch (RuntimeException e) {
      future = Future.failedFuture(e);
    }
    return future.otherwise(cause -> Turn.close(session, Answers.refusal(cause)));
  }
}
