package io.mainstem.gateway.imap.protocol;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.mainstem.gateway.imap.protocol.ImapCommand.StoreMode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads one whole command, its literals within (RFC 9051 §9). A pure function. */
public final class CommandParser {
  private static final int MAX_ID_FIELDS = 30; // RFC 2971 §3.3

  private final Scanner in;

  private CommandParser(Scanner in) {
    this.in = in;
  }

  /** A command and the tag that its answer bears. */
  public record Tagged(String tag, ImapCommand command) {}

  /**
   * @param bytes without the CRLF at the end
   * @throws Malformed with the tag, when it has one
   */
  public static Tagged parse(byte[] bytes) {
    var in = new Scanner(bytes);
    String tag = in.tag();
    try {
      in.space();
      ImapCommand command = new CommandParser(in).command();
      in.end();
      return new Tagged(tag, command);
    } catch (Malformed malformed) {
      throw malformed.with(tag);
    } catch (SearchParser.BadCharset bad) {
      throw new BadCharset(tag);
    }
  }

  /** The strings of a search are in a charset that is not known; answered NO. */
  public static final class BadCharset extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final String tag;

    BadCharset(String tag) {
      super("Strings are searched in UTF-8", null, false, false);
      this.tag = tag;
    }

    public String tag() {
      return tag;
    }
  }

  private ImapCommand command() {
    String word = in.word();
    return switch (word) {
      case "CAPABILITY" -> new ImapCommand.Capability();
      case "NOOP" -> new ImapCommand.Noop();
      case "LOGOUT" -> new ImapCommand.Logout();
      case "ID" -> id();
      case "STARTTLS" -> new ImapCommand.StartTls();
      case "AUTHENTICATE" -> authenticate();
      case "LOGIN" -> new ImapCommand.Login(string(), string());
      case "COMPRESS" -> compress();
      case "ENABLE" -> new ImapCommand.Enable(words());
      case "SELECT" -> select(false);
      case "EXAMINE" -> select(true);
      case "CREATE" -> create();
      case "DELETE" -> new ImapCommand.Delete(string());
      case "RENAME" -> new ImapCommand.Rename(string(), string());
      case "SUBSCRIBE" -> new ImapCommand.Subscribe(string(), true);
      case "UNSUBSCRIBE" -> new ImapCommand.Subscribe(string(), false);
      case "LIST" -> new ListParser(in).list();
      case "LSUB" -> new ListParser(in).lsub();
      case "NAMESPACE" -> new ImapCommand.Namespace();
      case "GETQUOTA" -> new ImapCommand.GetQuota(string());
      case "GETQUOTAROOT" -> new ImapCommand.GetQuotaRoot(string());
      case "SETQUOTA" -> setQuota();
      case "GETACL" -> new ImapCommand.GetAcl(string());
      case "LISTRIGHTS" -> new ImapCommand.ListRights(string(), string());
      case "MYRIGHTS" -> new ImapCommand.MyRights(string());
      case "SETACL" -> changeAcl(true);
      case "DELETEACL" -> changeAcl(false);
      case "GETMETADATA" -> new MetadataParser(in).get();
      case "SETMETADATA" -> new MetadataParser(in).set();
      case "NOTIFY" -> new NotifyParser(in).command();
      case "STATUS" -> status();
      case "APPEND", "REPLACE" -> throw new Malformed(word + " ends with the message as a literal");
      case "IDLE" -> new ImapCommand.Idle();
      case "CHECK" -> new ImapCommand.Check();
      case "CLOSE" -> new ImapCommand.Close();
      case "UNSELECT" -> new ImapCommand.Unselect();
      case "EXPUNGE" -> new ImapCommand.Expunge(null);
      case "UID" -> uid();
      default -> numbered(word, false);
    };
  }

  private ImapCommand uid() {
    in.space();
    String word = in.word();
    if (word.equals("EXPUNGE")) {
      in.space();
      return new ImapCommand.Expunge(in.sequenceSet());
    }
    return numbered(word, true);
  }

  private ImapCommand numbered(String word, boolean uid) {
    return switch (word) {
      case "FETCH" -> fetch(uid);
      case "STORE" -> store(uid);
      case "COPY" -> new ImapCommand.Copy(set(), string(), false, uid);
      case "MOVE" -> new ImapCommand.Copy(set(), string(), true, uid);
      case "SEARCH" -> new SearchParser(in).search(uid);
      case "SORT" -> new SearchParser(in).sort(uid);
      case "THREAD" -> new SearchParser(in).thread(uid);
      default -> throw new Malformed("There is no command " + (uid ? "UID " : "") + word);
    };
  }

  @CanIgnoreReturnValue
  private String string() {
    in.space();
    return in.astring();
  }

  private SequenceSet set() {
    in.space();
    return in.sequenceSet();
  }

  private List<String> words() {
    var out = new ArrayList<String>();
    in.space();
    do {
      out.add(in.word());
    } while (in.take(' '));
    return out;
  }

  private ImapCommand id() {
    in.space();
    Map<String, String> fields = new LinkedHashMap<>();
    if (!in.takeWord("NIL")) {
      in.expect('(');
      if (!in.take(')')) {
        do {
          String name = in.string();
          in.space();
          String value = in.nstring();
          fields.put(name, value == null ? "" : value);
          if (fields.size() > MAX_ID_FIELDS) {
            throw new Malformed("ID takes at most " + MAX_ID_FIELDS + " fields");
          }
        } while (in.take(' '));
        in.expect(')');
      }
    }
    return new ImapCommand.Id(fields);
  }

  private ImapCommand compress() {
    in.space();
    return new ImapCommand.Compress(in.word());
  }

  private ImapCommand authenticate() {
    in.space();
    String mechanism = in.word();
    String initial = null;
    if (in.take(' ')) {
      // RFC 4959 §3: "=" is an empty response.
      initial = in.take('=') && in.atEnd() ? "" : in.rest();
    }
    return new ImapCommand.Authenticate(mechanism, initial);
  }

  private ImapCommand select(boolean readOnly) {
    String mailbox = string();
    boolean condstore = false;
    ImapCommand.Resync resync = null;
    if (in.take(' ')) {
      in.expect('(');
      do {
        String parameter = in.word();
        switch (parameter) {
          case "CONDSTORE" -> condstore = true;
          case "QRESYNC" -> resync = resync();
          default -> throw new Malformed("SELECT knows no " + parameter);
        }
      } while (in.take(' '));
      in.expect(')');
    }
    return new ImapCommand.Select(mailbox, readOnly, condstore, resync);
  }

  /** RFC 7162 §3.2.5. */
  private ImapCommand.Resync resync() {
    in.space();
    in.expect('(');
    long validity = in.number();
    in.space();
    long modseq = in.number64();
    SequenceSet known = null;
    ImapCommand.KnownPairs pairs = null;
    if (in.take(' ')) {
      if (in.peek() != '(') {
        known = in.sequenceSet();
      }
      if (known == null || in.take(' ')) {
        in.expect('(');
        SequenceSet numbers = in.sequenceSet();
        pairs = new ImapCommand.KnownPairs(numbers, set());
        if (!numbers.isAscending()
            || !pairs.uids().isAscending()
            || numbers.count() != pairs.uids().count()) {
          throw new Malformed("Numbers and UIDs are as many, ascending"); // RFC 7162 §3.2.5.2
        }
        in.expect(')');
      }
    }
    in.expect(')');
    return new ImapCommand.Resync(validity, modseq, known, pairs);
  }

  /** CREATE with parameters (RFC 6154 §3): a special use is not ours to give, so it is refused. */
  private ImapCommand create() {
    String mailbox = string();
    if (!in.atEnd()) {
      throw new Malformed("CREATE takes a name alone");
    }
    return new ImapCommand.Create(mailbox);
  }

  private ImapCommand setQuota() {
    String root = string();
    in.space();
    in.expect('(');
    if (!in.take(')')) {
      do {
        in.word();
        in.space();
        in.number64();
      } while (in.take(' '));
      in.expect(')');
    }
    return new ImapCommand.SetQuota(root);
  }

  private ImapCommand changeAcl(boolean rights) {
    String mailbox = string();
    string();
    if (rights) {
      string();
    }
    return new ImapCommand.ChangeAcl(mailbox);
  }

  private ImapCommand status() {
    String mailbox = string();
    in.space();
    return new ImapCommand.Status(mailbox, new ListParser(in).statusItems());
  }

  private ImapCommand fetch(boolean uid) {
    SequenceSet set = set();
    in.space();
    List<FetchItem> items = new FetchParser(in).items();
    long since = 0;
    boolean vanished = false;
    if (in.take(' ')) {
      in.expect('(');
      do {
        switch (in.word()) {
          case "CHANGEDSINCE" -> {
            in.space();
            since = in.number64();
          }
          case "VANISHED" -> vanished = true;
          default -> throw new Malformed("FETCH takes CHANGEDSINCE and VANISHED");
        }
      } while (in.take(' '));
      in.expect(')');
      if (vanished && (!uid || since == 0)) {
        throw new Malformed("VANISHED is for UID FETCH with CHANGEDSINCE"); // RFC 7162 §3.2.6
      }
    }
    return new ImapCommand.Fetch(set, items, since, vanished, uid);
  }

  private ImapCommand store(boolean uid) {
    SequenceSet set = set();
    in.space();
    long unchangedSince = -1;
    if (in.take('(')) {
      if (!in.word().equals("UNCHANGEDSINCE")) {
        throw new Malformed("STORE takes UNCHANGEDSINCE");
      }
      in.space();
      unchangedSince = in.number64();
      in.expect(')');
      in.space();
    }
    StoreMode mode = in.take('+') ? StoreMode.ADD : in.take('-') ? StoreMode.REMOVE : StoreMode.SET;
    boolean silent =
        switch (in.word()) {
          case "FLAGS" -> false;
          case "FLAGS.SILENT" -> true;
          default -> throw new Malformed("STORE changes FLAGS");
        };
    in.space();
    Set<String> flags = new LinkedHashSet<>();
    if (in.peek() == '(') {
      flags.addAll(in.flags());
    } else {
      do {
        flags.add(in.flag());
      } while (in.take(' '));
    }
    return new ImapCommand.Store(set, mode, silent, flags, unchangedSince, uid);
  }
}
