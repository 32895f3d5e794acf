package io.mainstem.gateway.imap.handlers;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.mainstem.gateway.imap.protocol.CommandParser.Tagged;
import io.mainstem.gateway.imap.protocol.ImapCommand;
import io.mainstem.gateway.imap.session.CutShort;
import io.mainstem.gateway.imap.session.Following;
import io.mainstem.gateway.imap.session.ImapParts;
import io.mainstem.gateway.imap.session.Outcome;
import io.mainstem.gateway.imap.session.Output;
import io.mainstem.gateway.imap.session.Refused;
import io.mainstem.gateway.imap.session.Session;
import io.mainstem.gateway.imap.session.Status;
import io.vertx.core.Future;
import java.util.function.Supplier;

/** Hands each command to its handler, and tells the session of its folder after it. Stateless. */
public final class Handlers {
  private final ImapParts parts;
  private final Following following;
  private final CapabilityHandler capability;
  private final LoginHandler login;
  private final EnableHandler enable;
  private final SelectHandler select;
  private final ListHandler list;
  private final StatusHandler status;
  private final FolderHandler folders;
  private final AppendHandler append;
  private final FetchHandler fetch;
  private final StoreHandler store;
  private final CopyHandler copy;
  private final ExpungeHandler expunge;
  private final SearchHandler search;
  private final SortHandler sort;
  private final QuotaHandler quota;
  private final AclHandler acl;
  private final MetadataHandler metadata;
  private final NotifyHandler notify;
  private final News news;

  public Handlers(ImapParts parts) {
    this.parts = parts;
    this.following = new Following(parts.mailboxes());
    var names = new FolderNames(parts.mailboxes());
    this.capability = new CapabilityHandler(parts);
    this.login = new LoginHandler(parts);
    this.enable = new EnableHandler();
    this.status = new StatusHandler(parts, names);
    this.select = new SelectHandler(parts, names, following);
    this.list = new ListHandler(names, status);
    this.folders = new FolderHandler(parts, names);
    this.append = new AppendHandler(parts, names);
    this.fetch = new FetchHandler(parts);
    this.store = new StoreHandler(parts, following);
    this.copy = new CopyHandler(parts, names);
    this.expunge = new ExpungeHandler(parts);
    this.search = new SearchHandler(parts);
    this.sort = new SortHandler(parts, search);
    this.quota = new QuotaHandler(parts, names);
    this.acl = new AclHandler(names);
    this.metadata = new MetadataHandler(parts, names);
    this.notify = new NotifyHandler(parts, names, status, following);
    this.news = new News(status, fetch);
  }

  public Following following() {
    return following;
  }

  public News news() {
    return news;
  }

  public AppendHandler append() {
    return append;
  }

  public Future<Outcome> onCommand(Session session, Tagged tagged, Output out) {
    return parts
        .stage()
        .pass(() -> guarded(session, () -> dispatch(session, tagged.tag(), tagged.command(), out)))
        .compose(outcome -> told(outcome, tagged.command(), out));
  }

  /** A message of APPEND has come whole. */
  public Future<Outcome> onAppended(Session session, AppendHandler.Arriving message, Output out) {
    return parts
        .stage()
        .pass(() -> guarded(session, () -> message.end(out)))
        .compose(outcome -> told(outcome, true, out));
  }

  /** The client answered a challenge. */
  public Future<Outcome> onResponse(Session session, Outcome.Exchange exchange, byte[] response) {
    return parts.stage().pass(() -> guarded(session, () -> exchange.onResponse(response)));
  }

  private Future<Outcome> dispatch(Session session, String tag, ImapCommand command, Output out) {
    return switch (command) {
      case ImapCommand.Capability c -> capability.onCapability(session, out).now();
      case ImapCommand.Noop c -> done(session, "NOOP is done").now();
      case ImapCommand.Logout c -> logout(session, out).now();
      case ImapCommand.Id c -> capability.onId(session, out).now();
      case ImapCommand.StartTls c -> startTls(session).now();
      case ImapCommand.Authenticate c -> login.onAuthenticate(fresh(session), c);
      case ImapCommand.Login c -> login.onLogin(fresh(session), c);
      case ImapCommand.Compress c -> compress(session, c, out).now();
      case ImapCommand.Enable c -> enable.onEnable(authenticated(session), session, c, out).now();
      case ImapCommand.Select c -> select.onSelect(authenticated(session), session, c, out);
      case ImapCommand.Create c -> folders.onCreate(authenticated(session), session, c);
      case ImapCommand.Delete c -> folders.onDelete(authenticated(session), session, c);
      case ImapCommand.Rename c -> folders.onRename(authenticated(session), session, c);
      case ImapCommand.Subscribe c -> folders.onSubscribe(authenticated(session), session, c);
      case ImapCommand.ListFolders c -> list.onList(authenticated(session), session, c, out);
      case ImapCommand.Namespace c -> {
        authenticated(session);
        // RFC 9051 §6.3.10: one personal namespace.
        out.untagged("NAMESPACE ((\"\" \"/\")) NIL NIL");
        yield done(session, "NAMESPACE is done").now();
      }
      case ImapCommand.GetQuota c -> quota.onGet(authenticated(session), session, c, out);
      case ImapCommand.GetQuotaRoot c -> quota.onGetRoot(authenticated(session), session, c, out);
      case ImapCommand.SetQuota c -> {
        authenticated(session);
        throw Refused.no("NOPERM", "Quotas are set by the administrator");
      }
      case ImapCommand.GetAcl c -> acl.onGet(authenticated(session), session, c, out);
      case ImapCommand.ListRights c -> acl.onListRights(authenticated(session), session, c, out);
      case ImapCommand.MyRights c -> acl.onMyRights(authenticated(session), session, c, out);
      case ImapCommand.ChangeAcl c -> acl.onChange(authenticated(session), c);
      case ImapCommand.GetMetadata c -> metadata.onGet(authenticated(session), session, c, out);
      case ImapCommand.SetMetadata c -> metadata.onSet(authenticated(session), session, c);
      case ImapCommand.Notify c -> notify.onNotify(authenticated(session), session, c, out);
      case ImapCommand.Status c -> status.onStatus(authenticated(session), session, c, out);
      case ImapCommand.Append c ->
          throw new IllegalStateException("APPEND goes on with its message");
      case ImapCommand.Replace c ->
          throw new IllegalStateException("REPLACE goes on with its message");
      case ImapCommand.Idle c -> {
        authenticated(session);
        yield new Outcome(session, Status.ok("IDLE is done"), new Outcome.Then.Idle()).now();
      }
      case ImapCommand.Check c -> {
        selected(session);
        yield done(session, "CHECK is done").now();
      }
      case ImapCommand.Close c -> expunge.onClose(selected(session));
      case ImapCommand.Unselect c ->
          Outcome.of(selected(session).toAuthenticated(), Status.ok("UNSELECT is done")).now();
      case ImapCommand.Expunge c -> expunge.onExpunge(selected(session), c);
      case ImapCommand.Search c -> search.onSearch(selected(session), tag, c, out);
      case ImapCommand.Sort c -> sort.onSort(selected(session), c, out);
      case ImapCommand.Thread c -> sort.onThread(selected(session), c, out);
      case ImapCommand.Fetch c -> fetch.onFetch(selected(session), c, out);
      case ImapCommand.Store c -> store.onStore(selected(session), c, out);
      case ImapCommand.Copy c -> copy.onCopy(selected(session), c, out);
    };
  }

  static Outcome done(Session session, String text) {
    return Outcome.of(session, Status.ok(text));
  }

  private static Outcome logout(Session session, Output out) {
    out.untagged("BYE Goodbye");
    return new Outcome(session, Status.ok("LOGOUT is done"), new Outcome.Then.Close());
  }

  /** RFC 4978 §3. */
  private static Outcome compress(Session session, ImapCommand.Compress command, Output out) {
    authenticated(session);
    if (!command.mechanism().equals("DEFLATE")) {
      throw Refused.bad("COMPRESS takes DEFLATE");
    }
    if (out.isDeflated()) {
      throw Refused.no("COMPRESSIONACTIVE", "DEFLATE is on already");
    }
    return new Outcome(session, Status.ok("DEFLATE is on"), new Outcome.Then.Compress());
  }

  /** RFC 9051 §6.2.1. */
  private static Outcome startTls(Session session) {
    if (fresh(session).isProtected()) {
      throw Refused.bad("TLS is on already");
    }
    return new Outcome(session, Status.ok("Begin TLS"), new Outcome.Then.Handshake());
  }

  private static Session.Fresh fresh(Session session) {
    if (session instanceof Session.Fresh fresh) {
      return fresh;
    }
    throw Refused.bad("You are logged in");
  }

  @CanIgnoreReturnValue
  private static Session.Authenticated authenticated(Session session) {
    return switch (session) {
      case Session.Fresh f -> throw Refused.bad("Log in first");
      case Session.Authenticated a -> a;
      case Session.Selected s -> s.toAuthenticated();
    };
  }

  @CanIgnoreReturnValue
  private static Session.Selected selected(Session session) {
    return switch (session) {
      case Session.Fresh f -> throw Refused.bad("Log in first");
      case Session.Authenticated a -> throw Refused.bad("Select a mailbox first");
      case Session.Selected s -> s;
    };
  }

  /**
   * Tells what has changed meanwhile, before the command's own end. Message numbers stay while a
   * command that names them is answered (RFC 9051 §7.5.1).
   */
  private Future<Outcome> told(Outcome outcome, ImapCommand command, Output out) {
    if (command instanceof ImapCommand.Select) {
      return outcome.now();
    }
    boolean mayExpunge =
        switch (command) {
          case ImapCommand.Fetch c -> c.uid();
          case ImapCommand.Store c -> c.uid();
          case ImapCommand.Search c -> c.uid();
          case ImapCommand.Sort c -> c.uid();
          case ImapCommand.Thread c -> c.uid();
          default -> true;
        };
    return told(outcome, mayExpunge, out);
  }

  private Future<Outcome> told(Outcome outcome, boolean mayExpunge, Output out) {
    if (!(outcome.session() instanceof Session.Selected selected)
        || outcome.then() instanceof Outcome.Then.Cut) {
      return outcome.now();
    }
    return following
        .sync(selected, out, mayExpunge)
        .compose(done -> news.tellFresh(selected, out))
        .map(outcome)
        .recover(cause -> Future.succeededFuture(Refusals.closing(outcome, cause, out)));
  }

  /** What fails is answered; the session goes on. */
  static Future<Outcome> guarded(Session session, Supplier<Future<Outcome>> command) {
    Future<Outcome> future;
    try {
      future = command.get();
    } catch (RuntimeException e) {
      future = Future.failedFuture(e);
    }
    return future.otherwise(
        cause ->
            new Outcome(
                session,
                Refusals.status(cause),
                cause instanceof CutShort ? new Outcome.Then.Cut() : Outcome.COMMAND));
  }
}
