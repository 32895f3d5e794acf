package io.mainstem.gateway.imap.protocol;

import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;

/** Any command that the grammar knows. */
final class RandomCommands {
  private static final List<String> STRINGS =
      List.of(
          "INBOX",
          "a]b",
          "with space",
          "",
          "quote\" and \\ back",
          "Grüße",
          "line\r\nfeed",
          "{5}",
          "NIL",
          "100%*",
          "日本語",
          "(x)");
  private static final List<String> FLAGS =
      List.of(
          "\\Seen", "\\Deleted", "\\Flagged", "\\Draft", "\\Answered", "$Junk", "Work", "x.y-z");

  private final Random random;

  RandomCommands(Random random) {
    this.random = random;
  }

  ImapCommand next() {
    return switch (random.nextInt(35)) {
      case 0 -> new ImapCommand.Capability();
      case 1 -> new ImapCommand.Noop();
      case 2 -> new ImapCommand.Logout();
      case 3 -> new ImapCommand.StartTls();
      case 4 -> new ImapCommand.Namespace();
      case 5 -> new ImapCommand.Idle();
      case 6 -> random.nextBoolean() ? new ImapCommand.Check() : new ImapCommand.Close();
      case 7 ->
          random.nextBoolean() ? new ImapCommand.Unselect() : new ImapCommand.Compress("DEFLATE");
      case 8 -> new ImapCommand.Id(fields());
      case 9 -> new ImapCommand.Authenticate("PLAIN", pick(null, "", "AHUAcA==", "YWJj"));
      case 10 -> new ImapCommand.Login(string(), string());
      case 11 -> new ImapCommand.Enable(some(1, () -> pick("CONDSTORE", "UTF8=ACCEPT", "X-A")));
      case 12, 13 ->
          new ImapCommand.Select(
              string(),
              random.nextBoolean(),
              random.nextBoolean(),
              random.nextBoolean() ? null : resync());
      case 14 -> new ImapCommand.Create(string());
      case 15 -> new ImapCommand.Delete(string());
      case 16 -> new ImapCommand.Rename(string(), string());
      case 17 -> new ImapCommand.Subscribe(string(), random.nextBoolean());
      case 18 ->
          new ImapCommand.ListFolders(
              true, Set.of(), string(), List.of(pattern()), Set.of(), List.of());
      case 19, 20 -> list();
      case 21 -> new ImapCommand.Status(string(), status(1));
      case 22 -> append();
      case 23 -> new ImapCommand.Replace(random.nextInt(100), random.nextBoolean(), append());
      case 24 -> new ImapCommand.Expunge(random.nextBoolean() ? null : set());
      case 25, 26 ->
          new ImapCommand.Search(
              random.nextBoolean()
                  ? null
                  : new LinkedHashSet<>(some(1, () -> pick("MIN", "MAX", "ALL", "COUNT", "SAVE"))),
              keys(),
              random.nextBoolean());
      case 27 ->
          new ImapCommand.Sort(
              some(
                  1,
                  () ->
                      new ImapCommand.Order(
                          pick(ImapCommand.SortBy.values()), random.nextBoolean())),
              keys(),
              random.nextBoolean());
      case 28 -> new ImapCommand.Thread(random.nextBoolean(), keys(), random.nextBoolean());
      case 29, 30 -> fetch();
      case 31 ->
          new ImapCommand.Store(
              set(),
              pick(ImapCommand.StoreMode.values()),
              random.nextBoolean(),
              new LinkedHashSet<>(some(0, () -> pick(FLAGS))),
              random.nextBoolean() ? -1 : random.nextInt(1000),
              random.nextBoolean());
      case 32 -> new ImapCommand.Copy(set(), string(), random.nextBoolean(), random.nextBoolean());
      case 33 ->
          random.nextBoolean()
              ? new ImapCommand.GetQuota(string())
              : random.nextBoolean()
                  ? new ImapCommand.GetQuotaRoot(string())
                  : new ImapCommand.SetQuota(string());
      default ->
          switch (random.nextInt(7)) {
            case 4 ->
                new ImapCommand.GetMetadata(
                    string(),
                    some(1, this::entry),
                    pick(0, 1, Integer.MAX_VALUE),
                    random.nextBoolean() ? Long.MAX_VALUE : random.nextInt(1000));
            case 5 ->
                new ImapCommand.SetMetadata(
                    string(),
                    some(1, this::entry).stream()
                        .distinct()
                        .map(e -> new ImapCommand.Entry(e, random.nextBoolean() ? null : string()))
                        .toList());
            case 6 -> notification();
            case 0 -> new ImapCommand.GetAcl(string());
            case 1 -> new ImapCommand.MyRights(string());
            case 2 -> new ImapCommand.ListRights(string(), string());
            default -> new ImapCommand.ChangeAcl(string());
          };
    };
  }

  @SafeVarargs
  private <T> T pick(T... values) {
    return values[random.nextInt(values.length)];
  }

  private <T> T pick(List<T> values) {
    return values.get(random.nextInt(values.size()));
  }

  private <T> List<T> some(int least, Supplier<T> one) {
    List<T> out = new ArrayList<>();
    for (int i = least + random.nextInt(4); i > 0; i--) {
      out.add(one.get());
    }
    return out;
  }

  private String string() {
    return pick(STRINGS);
  }

  private String pattern() {
    return pick("*", "%", "INBOX", "a/%", "Old*", "with space/*", "Grüße", "");
  }

  private Map<String, String> fields() {
    Map<String, String> out = new LinkedHashMap<>();
    some(0, this::string).forEach(name -> out.put(name, string()));
    return out;
  }

  private SequenceSet set() {
    return random.nextInt(10) == 0 ? SequenceSet.SAVED : ranges();
  }

  private SequenceSet ranges() {
    return new SequenceSet(some(1, () -> new SequenceSet.Range(number(), number())));
  }

  private int number() {
    return random.nextInt(6) == 0
        ? SequenceSet.LAST
        : 1 + random.nextInt(1 << (1 + random.nextInt(29)));
  }

  private ImapCommand.Resync resync() {
    return new ImapCommand.Resync(
        random.nextInt(1000),
        random.nextLong(Long.MAX_VALUE),
        random.nextBoolean() ? null : ranges(),
        random.nextBoolean() ? null : pairs());
  }

  /** As many numbers as UIDs, ascending (RFC 7162 §3.2.5.2). */
  private ImapCommand.KnownPairs pairs() {
    List<SequenceSet.Range> numbers = new ArrayList<>();
    List<SequenceSet.Range> uids = new ArrayList<>();
    int number = 1 + random.nextInt(5);
    int uid = number + random.nextInt(5);
    for (int i = random.nextInt(4); i >= 0; i--) {
      int more = random.nextInt(3);
      numbers.add(new SequenceSet.Range(number, number + more));
      uids.add(new SequenceSet.Range(uid, uid + more));
      number += more + 2;
      uid += more + 2 + random.nextInt(4);
    }
    return new ImapCommand.KnownPairs(new SequenceSet(numbers), new SequenceSet(uids));
  }

  private ImapCommand list() {
    Set<String> select =
        new LinkedHashSet<>(some(0, () -> pick("SUBSCRIBED", "REMOTE", "SPECIAL-USE")));
    if (select.contains("SUBSCRIBED") && random.nextBoolean()) {
      select.add("RECURSIVEMATCH");
    }
    return new ImapCommand.ListFolders(
        false,
        select,
        string(),
        some(1, this::pattern),
        new LinkedHashSet<>(some(0, () -> pick("SUBSCRIBED", "CHILDREN", "SPECIAL-USE"))),
        random.nextBoolean() ? List.of() : status(1));
  }

  private List<ImapCommand.StatusItem> status(int least) {
    return new ArrayList<>(
        new LinkedHashSet<>(some(least, () -> pick(ImapCommand.StatusItem.values()))));
  }

  private String entry() {
    return pick("/private/comment", "/shared/comment", "/private/vendor/x/a.b", "/shared");
  }

  private ImapCommand notification() {
    if (random.nextInt(4) == 0) {
      return new ImapCommand.Notify(false, null);
    }
    List<ImapCommand.EventGroup> groups = new ArrayList<>();
    if (random.nextBoolean()) {
      groups.add(
          new ImapCommand.EventGroup(
              random.nextBoolean()
                  ? ImapCommand.Mailboxes.SELECTED
                  : ImapCommand.Mailboxes.SELECTED_DELAYED,
              List.of(),
              Set.of("MESSAGENEW", "MESSAGEEXPUNGE"),
              some(0, this::item)));
    }
    var which = ImapCommand.Mailboxes.values()[2 + random.nextInt(5)];
    boolean named =
        which == ImapCommand.Mailboxes.SUBTREE || which == ImapCommand.Mailboxes.MAILBOXES;
    groups.add(
        new ImapCommand.EventGroup(
            which,
            named ? some(1, this::string) : List.of(),
            pick(
                Set.<String>of(),
                Set.of("MAILBOXNAME", "X-LATER"),
                Set.of("MESSAGENEW", "MESSAGEEXPUNGE", "FLAGCHANGE")),
            List.of()));
    return new ImapCommand.Notify(random.nextBoolean(), groups);
  }

  private ImapCommand.Append append() {
    boolean binary = random.nextInt(4) == 0;
    return new ImapCommand.Append(
        string(),
        new LinkedHashSet<>(some(0, () -> pick(FLAGS))),
        random.nextBoolean()
            ? null
            : OffsetDateTime.of(
                1970 + random.nextInt(80),
                1 + random.nextInt(12),
                1 + random.nextInt(28),
                random.nextInt(24),
                random.nextInt(60),
                random.nextInt(60),
                0,
                ZoneOffset.ofTotalSeconds((random.nextInt(1560) - 720) * 60)),
        binary,
        binary && random.nextBoolean());
  }

  private ImapCommand fetch() {
    boolean uid = random.nextBoolean();
    long since = random.nextBoolean() ? 0 : 1 + random.nextInt(1000);
    return new ImapCommand.Fetch(
        set(), some(1, this::item), since, uid && since > 0 && random.nextBoolean(), uid);
  }

  private FetchItem item() {
    return switch (random.nextInt(4)) {
      case 0 -> new FetchItem.Body(section(), partial(), random.nextBoolean());
      case 1 -> new FetchItem.Binary(part(0), partial(), random.nextBoolean());
      case 2 -> new FetchItem.BinarySize(part(0));
      default -> pick(FetchItem.Simple.values());
    };
  }

  private FetchItem.Partial partial() {
    return random.nextBoolean()
        ? null
        : new FetchItem.Partial(random.nextInt(1 << 20), 1 + random.nextLong(1L << 40));
  }

  private List<Integer> part(int least) {
    return some(least, () -> 1 + random.nextInt(20));
  }

  private Section section() {
    return switch (random.nextInt(5)) {
      case 0 -> new Section(part(0), null, List.of());
      case 1 -> new Section(part(0), Section.Text.HEADER, List.of());
      case 2 -> new Section(part(0), Section.Text.TEXT, List.of());
      case 3 -> new Section(part(1), Section.Text.MIME, List.of());
      default ->
          new Section(
              part(0),
              pick(Section.Text.FIELDS, Section.Text.FIELDS_NOT),
              some(1, () -> pick("From", "Subject", "X-Odd Name")));
    };
  }

  private SearchKey keys() {
    return key(3);
  }

  private SearchKey key(int depth) {
    int kinds = depth > 0 ? 18 : 15;
    return switch (random.nextInt(kinds)) {
      case 0 -> new SearchKey.All();
      case 1 -> new SearchKey.Numbers(set());
      case 2 -> new SearchKey.Uids(set());
      case 3 -> new SearchKey.Flag(pick(FLAGS));
      case 4 -> new SearchKey.Header(pick("Subject", "X-Any", "a b"), string());
      case 5 -> new SearchKey.Body(string());
      case 6 -> new SearchKey.Text(string());
      case 7 -> new SearchKey.Larger(random.nextInt(1 << 30));
      case 8 -> new SearchKey.Smaller(random.nextInt(1 << 30));
      case 9 -> new SearchKey.Since(pick(SearchKey.DateOf.values()), day());
      case 10 -> new SearchKey.Before(pick(SearchKey.DateOf.values()), day());
      case 11 -> new SearchKey.On(pick(SearchKey.DateOf.values()), day());
      case 12 -> new SearchKey.Younger(1 + random.nextInt(1000));
      case 13 -> new SearchKey.Older(1 + random.nextInt(1000));
      case 14 ->
          switch (random.nextInt(3)) {
            case 0 -> new SearchKey.Modseq(random.nextLong(Long.MAX_VALUE));
            case 1 -> new SearchKey.EmailId(string());
            default -> new SearchKey.ThreadId(string());
          };
      case 15 -> new SearchKey.Not(key(depth - 1));
      case 16 -> new SearchKey.Or(key(depth - 1), key(depth - 1));
      default -> new SearchKey.And(List.of(key(depth - 1), key(depth - 1)));
    };
  }

  private LocalDate day() {
    return LocalDate.of(1970 + random.nextInt(100), 1 + random.nextInt(12), 1 + random.nextInt(28));
  }
}
