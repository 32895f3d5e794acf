package io.mainstem.gateway.imap.protocol;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.mainstem.gateway.imap.protocol.ImapCommand.ListFolders;
import io.mainstem.gateway.imap.protocol.ImapCommand.Order;
import io.mainstem.gateway.imap.protocol.ImapCommand.SortBy;
import io.mainstem.gateway.imap.protocol.ImapCommand.StatusItem;
import io.mainstem.gateway.imap.protocol.ImapCommand.StoreMode;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads one whole command, its literals within (RFC 9051 §9). A pure function. */
public final class CommandParser {
  private static final int MAX_ID_FIELDS = 30; // RFC 2971 §3.3
  private static final Set<String> SELECT_OPTIONS =
      Set.of("SUBSCRIBED", "REMOTE", "RECURSIVEMATCH", "SPECIAL-USE");
  private static final Set<String> SEARCH_RETURNS = Set.of("MIN", "MAX", "ALL", "COUNT", "SAVE");
  private static final Set<String> RETURN_OPTIONS = Set.of("SUBSCRIBED", "CHILDREN", "SPECIAL-USE");

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

  /**
   * APPEND or REPLACE up to its message, when that is what these bytes are; null: not yet, or
   * another command.
   *
   * @param bytes of a command that goes on with a literal, without the literal's announcement
   */
  public static @Nullable Tagged appendBefore(byte[] bytes, boolean binary) {
    var in = new Scanner(bytes);
    try {
      String tag = in.tag();
      in.space();
      String word = in.word();
      boolean uid = word.equals("UID");
      if (uid) {
        in.space();
        word = in.word();
      }
      in.space();
      if (word.equals("REPLACE")) {
        int number = in.sequenceNumber();
        in.space();
        var append = message(in, in.astring(), binary);
        return append == null
            ? null
            : new Tagged(tag, new ImapCommand.Replace(number, uid, append));
      }
      if (uid || !word.equals("APPEND")) {
        return null;
      }
      var append = message(in, in.astring(), binary);
      return append == null ? null : new Tagged(tag, append);
    } catch (Malformed notYet) {
      return null;
    }
  }

  /**
   * What stands between two messages of one APPEND (RFC 3502), when that is what these bytes are;
   * else null.
   *
   * @param before the command up to the message before
   */
  static @Nullable Tagged appendBetween(Tagged before, byte[] bytes, boolean binary) {
    if (!(before.command() instanceof ImapCommand.Append append)) {
      return null;
    }
    var in = new Scanner(bytes);
    try {
      if (append.utf8()) {
        in.expect(')');
      }
      var next = message(in, append.mailbox(), binary);
      return next == null ? null : new Tagged(before.tag(), next);
    } catch (Malformed somethingElse) {
      return null;
    }
  }

  /** From the space before flags, date and message on. */
  private static ImapCommand.@Nullable Append message(Scanner in, String mailbox, boolean binary) {
    in.space();
    Set<String> flags = new LinkedHashSet<>();
    if (in.peek() == '(') {
      flags.addAll(in.flags());
      in.space();
    }
    OffsetDateTime received = null;
    if (in.peek() == '"') {
      received = DateParser.dateTime(in.string());
      in.space();
    }
    boolean utf8 = binary && in.takeWord("UTF8");
    if (utf8) {
      in.space();
      in.expect('(');
    }
    return in.atEnd() ? new ImapCommand.Append(mailbox, flags, received, binary, utf8) : null;
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
      case "LIST" -> list();
      case "LSUB" -> lsub();
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
      case "SEARCH" -> search(uid);
      case "SORT" -> sort(uid);
      case "THREAD" -> thread(uid);
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

  private ImapCommand lsub() {
    String reference = string();
    in.space();
    return new ListFolders(true, Set.of(), reference, List.of(in.pattern()), Set.of(), List.of());
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

  /** RFC 9051 §6.3.9, RFC 5258, RFC 5819. */
  private ImapCommand list() {
    in.space();
    Set<String> select = new TreeSet<>();
    if (in.take('(')) {
      if (!in.take(')')) {
        do {
          select.add(oneOf(in.word(), SELECT_OPTIONS, "LIST selects by"));
        } while (in.take(' '));
        in.expect(')');
      }
      in.space();
      if (select.contains("RECURSIVEMATCH") && !select.contains("SUBSCRIBED")) {
        throw new Malformed("RECURSIVEMATCH needs another selection"); // RFC 5258 §3.1
      }
    }
    String reference = in.astring();
    in.space();
    var patterns = new ArrayList<String>();
    if (in.take('(')) {
      do {
        patterns.add(in.pattern());
      } while (in.take(' '));
      in.expect(')');
    } else {
      patterns.add(in.pattern());
    }
    Set<String> give = new TreeSet<>();
    List<StatusItem> status = List.of();
    if (in.take(' ')) {
      if (!in.word().equals("RETURN")) {
        throw new Malformed("Behind the pattern stands RETURN");
      }
      in.space();
      in.expect('(');
      if (!in.take(')')) {
        do {
          String option = in.word();
          if (option.equals("STATUS")) {
            in.space();
            status = statusItems();
          } else {
            give.add(oneOf(option, RETURN_OPTIONS, "LIST returns"));
          }
        } while (in.take(' '));
        in.expect(')');
      }
    }
    return new ListFolders(false, select, reference, patterns, give, status);
  }

  private static String oneOf(String word, Set<String> known, String what) {
    if (!known.contains(word)) {
      throw new Malformed(what + " no " + word);
    }
    return word;
  }

  private ImapCommand status() {
    String mailbox = string();
    in.space();
    return new ImapCommand.Status(mailbox, statusItems());
  }

  private List<StatusItem> statusItems() {
    var items = new ArrayList<StatusItem>();
    in.expect('(');
    do {
      String word = in.word();
      StatusItem item = null;
      for (StatusItem known : StatusItem.values()) {
        item = known.name().equals(word) ? known : item;
      }
      if (item == null) {
        throw new Malformed("STATUS knows no " + word);
      }
      if (!items.contains(item)) {
        items.add(item);
      }
    } while (in.take(' '));
    in.expect(')');
    return items;
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

  /** RFC 9051 §6.4.4, RFC 4731. */
  private ImapCommand search(boolean uid) {
    in.space();
    Set<String> result = null;
    if (in.takeWord("RETURN")) {
      in.space();
      in.expect('(');
      result = new TreeSet<>();
      if (!in.take(')')) {
        do {
          result.add(oneOf(in.word(), SEARCH_RETURNS, "SEARCH returns"));
        } while (in.take(' '));
        in.expect(')');
      }
      if (result.isEmpty()) {
        result.add("ALL");
      }
      in.space();
    }
    if (in.takeWord("CHARSET")) {
      in.space();
      SearchParser.charset(in);
      in.space();
    }
    return new ImapCommand.Search(result, new SearchParser(in).keys(), uid);
  }

  /** RFC 5256 BASE.6.4.SORT. */
  private ImapCommand sort(boolean uid) {
    in.space();
    in.expect('(');
    var order = new ArrayList<Order>();
    do {
      boolean reverse = in.takeWord("REVERSE");
      if (reverse) {
        in.space();
      }
      String word = in.word();
      SortBy by = null;
      for (SortBy known : SortBy.values()) {
        by = known.name().equals(word) ? known : by;
      }
      if (by == null || order.size() == 10) {
        throw new Malformed("SORT knows no " + word);
      }
      order.add(new Order(by, reverse));
    } while (in.take(' '));
    in.expect(')');
    in.space();
    SearchParser.charset(in);
    in.space();
    return new ImapCommand.Sort(order, new SearchParser(in).keys(), uid);
  }

  private ImapCommand thread(boolean uid) {
    in.space();
    String algorithm = in.word().toUpperCase(Locale.ROOT);
    if (!algorithm.equals("REFERENCES") && !algorithm.equals("ORDEREDSUBJECT")) {
      throw new Malformed("THREAD knows REFERENCES and ORDEREDSUBJECT");
    }
    in.space();
    SearchParser.charset(in);
    in.space();
    return new ImapCommand.Thread(algorithm.equals("REFERENCES"), new SearchParser(in).keys(), uid);
  }
}
