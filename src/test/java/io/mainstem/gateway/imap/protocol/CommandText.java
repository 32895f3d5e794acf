package io.mainstem.gateway.imap.protocol;

import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Collectors;

/**
 * Writes commands as a client might, choosing at random among the ways that the grammar allows (RFC
 * 9051 §9): letter case, atoms, quoted strings and literals.
 */
final class CommandText {
  private static final DateTimeFormatter DAY =
      DateTimeFormatter.ofPattern("d-MMM-yyyy", Locale.ENGLISH);
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("dd-MMM-yyyy HH:mm:ss xx", Locale.ENGLISH);

  private final Random random;

  CommandText(Random random) {
    this.random = random;
  }

  /** Without tag and line end; of APPEND without its message. */
  String of(ImapCommand command) {
    return switch (command) {
      case ImapCommand.Capability c -> word("CAPABILITY");
      case ImapCommand.Noop c -> word("NOOP");
      case ImapCommand.Logout c -> word("LOGOUT");
      case ImapCommand.StartTls c -> word("STARTTLS");
      case ImapCommand.Namespace c -> word("NAMESPACE");
      case ImapCommand.Idle c -> word("IDLE");
      case ImapCommand.Check c -> word("CHECK");
      case ImapCommand.Close c -> word("CLOSE");
      case ImapCommand.Unselect c -> word("UNSELECT");
      case ImapCommand.Id c ->
          word("ID ")
              + (c.fields().isEmpty()
                  ? word("NIL")
                  : c.fields().entrySet().stream()
                      .map(e -> string(e.getKey()) + " " + string(e.getValue()))
                      .collect(Collectors.joining(" ", "(", ")")));
      case ImapCommand.Authenticate c ->
          word("AUTHENTICATE ")
              + word(c.mechanism())
              + (c.initial() == null ? "" : c.initial().isEmpty() ? " =" : " " + c.initial());
      case ImapCommand.Login c -> word("LOGIN ") + astring(c.user()) + " " + astring(c.password());
      case ImapCommand.Compress c -> word("COMPRESS ") + word(c.mechanism());
      case ImapCommand.Enable c -> word("ENABLE ") + word(String.join(" ", c.capabilities()));
      case ImapCommand.Select c ->
          word(c.readOnly() ? "EXAMINE " : "SELECT ") + astring(c.mailbox()) + parameters(c);
      case ImapCommand.Create c -> word("CREATE ") + astring(c.mailbox());
      case ImapCommand.Delete c -> word("DELETE ") + astring(c.mailbox());
      case ImapCommand.Rename c -> word("RENAME ") + astring(c.mailbox()) + " " + astring(c.to());
      case ImapCommand.Subscribe c ->
          word(c.on() ? "SUBSCRIBE " : "UNSUBSCRIBE ") + astring(c.mailbox());
      case ImapCommand.ListFolders c -> c.lsub() ? lsub(c) : list(c);
      case ImapCommand.GetQuota c -> word("GETQUOTA ") + astring(c.root());
      case ImapCommand.GetQuotaRoot c -> word("GETQUOTAROOT ") + astring(c.mailbox());
      case ImapCommand.SetQuota c ->
          word("SETQUOTA ") + astring(c.root()) + word(" (STORAGE 5 MESSAGE 7)");
      case ImapCommand.GetAcl c -> word("GETACL ") + astring(c.mailbox());
      case ImapCommand.MyRights c -> word("MYRIGHTS ") + astring(c.mailbox());
      case ImapCommand.ListRights c ->
          word("LISTRIGHTS ") + astring(c.mailbox()) + " " + astring(c.identifier());
      case ImapCommand.ChangeAcl c -> word("DELETEACL ") + astring(c.mailbox()) + " somebody";
      case ImapCommand.Status c -> word("STATUS ") + astring(c.mailbox()) + " " + status(c.items());
      case ImapCommand.Append c -> word("APPEND") + append(c);
      case ImapCommand.Replace c ->
          uid(c.uid()) + word("REPLACE ") + SequenceSet.of(c.number()) + append(c.append());
      case ImapCommand.GetMetadata c -> getMetadata(c);
      case ImapCommand.SetMetadata c ->
          word("SETMETADATA ")
              + astring(c.mailbox())
              + c.entries().stream()
                  .map(e -> e.name() + " " + (e.value() == null ? "NIL" : string(e.value())))
                  .collect(Collectors.joining(" ", " (", ")"));
      case ImapCommand.Notify c -> notify(c);
      case ImapCommand.Expunge c ->
          c.uids() == null ? word("EXPUNGE") : word("UID EXPUNGE ") + c.uids();
      case ImapCommand.Search c ->
          uid(c.uid())
              + word("SEARCH ")
              + (c.result() == null
                  ? ""
                  : word("RETURN (") + word(String.join(" ", c.result())) + ") ")
              + key(c.key());
      case ImapCommand.Sort c ->
          uid(c.uid())
              + word("SORT (")
              + c.order().stream()
                  .map(o -> word((o.reverse() ? "REVERSE " : "") + o.by()))
                  .collect(Collectors.joining(" "))
              + word(") UTF-8 ")
              + key(c.key());
      case ImapCommand.Thread c ->
          uid(c.uid())
              + word("THREAD ")
              + word(c.references() ? "REFERENCES" : "ORDEREDSUBJECT")
              + word(" UTF-8 ")
              + key(c.key());
      case ImapCommand.Fetch c ->
          uid(c.uid()) + word("FETCH ") + c.set() + " " + items(c.items()) + since(c);
      case ImapCommand.Store c ->
          uid(c.uid())
              + word("STORE ")
              + c.set()
              + (c.unchangedSince() < 0
                  ? " "
                  : word(" (UNCHANGEDSINCE ") + c.unchangedSince() + ") ")
              + switch (c.mode()) {
                case SET -> "";
                case ADD -> "+";
                case REMOVE -> "-";
              }
              + word(c.silent() ? "FLAGS.SILENT " : "FLAGS ")
              + flags(c.flags());
      case ImapCommand.Copy c ->
          uid(c.uid()) + word(c.move() ? "MOVE " : "COPY ") + c.set() + " " + astring(c.mailbox());
    };
  }

  /** Words of the grammar count in any letter case. */
  private String word(String text) {
    return switch (random.nextInt(3)) {
      case 0 -> text.toLowerCase(Locale.ROOT);
      default -> text;
    };
  }

  private String uid(boolean uid) {
    return uid ? word("UID ") : "";
  }

  private static String flags(Collection<String> flags) {
    return "(" + String.join(" ", flags) + ")";
  }

  private String astring(String text) {
    boolean atom =
        !text.isEmpty()
            && text.chars().allMatch(c -> c > 32 && c < 127 && "(){%*\"\\".indexOf(c) < 0);
    return atom && random.nextBoolean() ? text : string(text);
  }

  private String string(String text) {
    boolean quotable = text.indexOf('\r') < 0 && text.indexOf('\n') < 0;
    if (quotable && random.nextInt(3) > 0) {
      return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
    return "{" + text.getBytes(StandardCharsets.UTF_8).length + "+}\r\n" + text;
  }

  private String parameters(ImapCommand.Select c) {
    var resync = c.resync();
    if (resync == null) {
      return c.condstore() ? word(" (CONDSTORE)") : "";
    }
    var pairs = resync.pairs();
    return (c.condstore() ? word(" (CONDSTORE QRESYNC (") : word(" (QRESYNC ("))
        + resync.uidValidity()
        + " "
        + resync.modseq()
        + (resync.known() == null ? "" : " " + resync.known())
        + (pairs == null ? "" : " (" + pairs.numbers() + " " + pairs.uids() + ")")
        + "))";
  }

  private String lsub(ImapCommand.ListFolders c) {
    return word("LSUB ") + astring(c.reference()) + " " + pattern(c.patterns().get(0));
  }

  private String list(ImapCommand.ListFolders c) {
    return word("LIST ")
        + (c.select().isEmpty() ? "" : word("(" + String.join(" ", c.select()) + ") "))
        + astring(c.reference())
        + " "
        + (c.patterns().size() == 1 && random.nextBoolean()
            ? pattern(c.patterns().get(0))
            : c.patterns().stream().map(this::pattern).collect(Collectors.joining(" ", "(", ")")))
        + (c.give().isEmpty() && c.status().isEmpty() ? "" : returned(c));
  }

  private String returned(ImapCommand.ListFolders c) {
    String give = word(String.join(" ", c.give()));
    String status = c.status().isEmpty() ? "" : word("STATUS ") + status(c.status());
    return word(" RETURN (")
        + give
        + (give.isEmpty() || status.isEmpty() ? "" : " ")
        + status
        + ")";
  }

  private String pattern(String text) {
    boolean bare =
        !text.isEmpty()
            && text.chars().allMatch(c -> c > 32 && c < 127 && "(){\"\\".indexOf(c) < 0);
    return bare && random.nextBoolean() ? text : string(text);
  }

  private String status(List<ImapCommand.StatusItem> items) {
    return items.stream().map(i -> word(i.name())).collect(Collectors.joining(" ", "(", ")"));
  }

  private String getMetadata(ImapCommand.GetMetadata c) {
    boolean plain = c.depth() == 0 && c.maxSize() == Long.MAX_VALUE;
    String depth = c.depth() == Integer.MAX_VALUE ? word("infinity") : String.valueOf(c.depth());
    String options =
        word("(DEPTH ")
            + depth
            + (c.maxSize() == Long.MAX_VALUE ? "" : word(" MAXSIZE ") + c.maxSize())
            + ")";
    boolean behind = random.nextBoolean();
    return word("GETMETADATA ")
        + (plain || behind ? "" : options + " ")
        + astring(c.mailbox())
        + (plain || !behind ? " " : " " + options + " ")
        + (c.entries().size() == 1 && random.nextBoolean()
            ? c.entries().get(0)
            : "(" + String.join(" ", c.entries()) + ")");
  }

  private String notify(ImapCommand.Notify c) {
    if (c.groups() == null) {
      return word("NOTIFY NONE");
    }
    return word("NOTIFY SET ")
        + (c.status() ? word("STATUS ") : "")
        + c.groups().stream().map(this::group).collect(Collectors.joining(" "));
  }

  private String group(ImapCommand.EventGroup g) {
    String names =
        g.mailboxes().size() == 1 && random.nextBoolean()
            ? astring(g.mailboxes().get(0)) + " "
            : g.mailboxes().isEmpty()
                ? ""
                : g.mailboxes().stream()
                    .map(this::astring)
                    .collect(Collectors.joining(" ", "(", ") "));
    String events =
        g.events().stream()
            .map(
                e ->
                    word(e)
                        + (e.equals("MESSAGENEW") && !g.items().isEmpty()
                            ? g.items().stream()
                                .map(this::item)
                                .collect(Collectors.joining(" ", " (", ")"))
                            : ""))
            .collect(Collectors.joining(" ", "(", ")"));
    return "("
        + word(g.which().toString().replace('_', '-'))
        + " "
        + names
        + (g.events().isEmpty() ? word("NONE") : events)
        + ")";
  }

  private String append(ImapCommand.Append c) {
    return " "
        + astring(c.mailbox())
        + (c.flags().isEmpty() ? "" : " " + flags(c.flags()))
        + (c.received() == null ? "" : " " + time(c.received()))
        + (c.utf8() ? word(" UTF8 (") : " ");
  }

  /** The day has two places, the first of which may be a space (RFC 9051 §9 date-day-fixed). */
  private String time(OffsetDateTime at) {
    String text = TIME.format(at);
    return '"'
        + (text.startsWith("0") && random.nextBoolean() ? " " + text.substring(1) : text)
        + '"';
  }

  private String since(ImapCommand.Fetch c) {
    return c.changedSince() == 0
        ? ""
        : word(" (CHANGEDSINCE ") + c.changedSince() + (c.vanished() ? word(" VANISHED)") : ")");
  }

  private String items(List<FetchItem> items) {
    return items.size() == 1 && random.nextBoolean()
        ? item(items.get(0))
        : items.stream().map(this::item).collect(Collectors.joining(" ", "(", ")"));
  }

  private String item(FetchItem item) {
    return switch (item) {
      case FetchItem.Simple s -> word(s.word());
      case FetchItem.Body b ->
          word(b.peek() ? "BODY.PEEK" : "BODY") + section(b.section()) + partial(b.partial());
      case FetchItem.Binary b ->
          word(b.peek() ? "BINARY.PEEK" : "BINARY")
              + "["
              + part(b.part())
              + "]"
              + partial(b.partial());
      case FetchItem.BinarySize b -> word("BINARY.SIZE") + "[" + part(b.part()) + "]";
    };
  }

  private static String partial(FetchItem.Partial partial) {
    return partial == null ? "" : "<" + partial.offset() + "." + partial.length() + ">";
  }

  private static String part(List<Integer> part) {
    return part.stream().map(String::valueOf).collect(Collectors.joining("."));
  }

  private String section(Section section) {
    String part = part(section.part());
    var text = section.text();
    String words =
        text == null
            ? ""
            : word(text.word())
                + (section.fields().isEmpty()
                    ? ""
                    : section.fields().stream()
                        .map(this::astring)
                        .collect(Collectors.joining(" ", " (", ")")));
    return "[" + part + (part.isEmpty() || words.isEmpty() ? "" : ".") + words + "]";
  }

  private String key(SearchKey key) {
    return switch (key) {
      case SearchKey.All k -> word("ALL");
      case SearchKey.And k ->
          k.keys().stream().map(this::key).collect(Collectors.joining(" ", "(", ")"));
      case SearchKey.Or k -> word("OR ") + key(k.one()) + " " + key(k.other());
      case SearchKey.Not k -> word("NOT ") + key(k.key());
      case SearchKey.Numbers k -> k.set().toString();
      case SearchKey.Uids k -> word("UID ") + k.set();
      case SearchKey.Flag k ->
          k.flag().startsWith("\\")
              ? word(k.flag().substring(1).toUpperCase(Locale.ROOT))
              : word("KEYWORD ") + k.flag();
      case SearchKey.Header k -> word("HEADER ") + astring(k.field()) + " " + astring(k.text());
      case SearchKey.Body k -> word("BODY ") + astring(k.text());
      case SearchKey.Text k -> word("TEXT ") + astring(k.text());
      case SearchKey.Larger k -> word("LARGER ") + k.sizeBytes();
      case SearchKey.Smaller k -> word("SMALLER ") + k.sizeBytes();
      case SearchKey.Since k -> word(of(k.of()) + "SINCE ") + day(DAY.format(k.day()));
      case SearchKey.Before k -> word(of(k.of()) + "BEFORE ") + day(DAY.format(k.day()));
      case SearchKey.On k -> word(of(k.of()) + "ON ") + day(DAY.format(k.day()));
      case SearchKey.Younger k -> word("YOUNGER ") + k.seconds();
      case SearchKey.Older k -> word("OLDER ") + k.seconds();
      case SearchKey.Modseq k ->
          word("MODSEQ ") + (random.nextBoolean() ? "\"/flags/\\\\Seen\" all " : "") + k.atLeast();
      case SearchKey.EmailId k -> word("EMAILID ") + astring(k.id());
      case SearchKey.ThreadId k -> word("THREADID ") + astring(k.id());
    };
  }

  private static String of(SearchKey.DateOf of) {
    return switch (of) {
      case INTERNAL -> "";
      case SENT -> "SENT";
      case SAVED -> "SAVED";
    };
  }

  private String day(String text) {
    return random.nextBoolean() ? text : '"' + text + '"';
  }
}
