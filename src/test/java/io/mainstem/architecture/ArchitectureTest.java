package io.mainstem.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import io.mainstem.message.UserId;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.infinispan.protostream.annotations.Proto;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Who may use whom. A package that no room names fails, so a new room is a decision that is written
 * down here.
 */
class ArchitectureTest {
  private static final String ROOT = "io.mainstem";
  private static final Set<String> ALL = Set.of("*");

  /** What every part but the pure ones may use. */
  private static final Set<String> COMMON_GROUND = Set.of("message", "config", "stage");

  /** Each room with the rooms that it may use beside itself. Packages below a room belong to it. */
  private static final Map<String, Set<String>> ROOMS =
      Map.ofEntries(
          Map.entry("message", Set.of()),
          Map.entry("config", Set.of()),
          Map.entry("stage", Set.of()),
          Map.entry("mailbox", Set.of("message", "config")),
          Map.entry("blob", COMMON_GROUND),
          Map.entry("mime", and("blob")),
          Map.entry("store", and("mailbox")),
          Map.entry("cell.ring", Set.of()),
          Map.entry("store.rocksdb", and("mailbox", "store")),
          Map.entry("store.cassandra", and("mailbox", "store")),
          Map.entry("directory", and("store")),
          Map.entry("mailbox.host", and("mailbox", "store")),
          Map.entry(
              "cell",
              and("cell.ring", "cell.move", "mailbox", "mailbox.host", "directory", "store")),
          Map.entry("cell.move", and("mailbox", "mailbox.host", "directory", "store", "blob")),
          Map.entry("delivery", and("mailbox", "mailbox.host", "directory", "blob", "mime")),
          Map.entry("counts", and("mailbox", "mailbox.host")),
          Map.entry("proxy", COMMON_GROUND),
          Map.entry("line", and("proxy")),
          Map.entry("gateway.http", gateway()),
          Map.entry("gateway.imap", gateway()),
          Map.entry("gateway.smtp", gateway()),
          Map.entry("ops", ALL),
          Map.entry("bench", ALL),
          Map.entry("app", ALL),
          Map.entry("", ALL));

  private static final Pattern GENERATED = Pattern.compile(".*(___.*|SchemaImpl)$");
  private static final Pattern VAGUE =
      Pattern.compile("(Abstract.*|.*(Manager|Utils?|Helpers?|Impl|Base|Common))");

  private static JavaClasses classes;

  @BeforeAll
  static void read() {
    classes =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(ROOT);
    assertTrue(
        classes.size() > 100,
        "Only " + classes.size() + " classes were found: the rules would hold of nothing");
  }

  @Test
  void roomsUseOnlyWhomTheyMay() {
    var broken = new TreeSet<String>();
    for (JavaClass user : classes) {
      String room = roomOf(user);
      Set<String> allowed = ROOMS.get(room);
      for (Dependency dependency : user.getDirectDependenciesFromSelf()) {
        JavaClass used = dependency.getTargetClass().getBaseComponentType();
        if (!used.getPackageName().startsWith(ROOT)) {
          continue;
        }
        String usedRoom = roomOf(used);
        if (!usedRoom.equals(room) && allowed != ALL && !allowed.contains(usedRoom)) {
          broken.add(
              "%s may not use %s: %s".formatted(room, usedRoom, dependency.getDescription()));
        }
      }
    }
    assertEquals("", String.join("\n", broken));
  }

  @Test
  void everyPackageHasARoom() {
    var strangers = new TreeSet<String>();
    classes.forEach(
        each -> {
          if (roomOf(each).equals("") && !each.getPackageName().equals(ROOT)) {
            strangers.add(each.getPackageName());
          }
        });
    assertEquals(Set.of(), strangers, "A new package needs a line in the table of this test");
  }

  @Test
  void mailboxIsPure() {
    var inMailbox =
        DescribedPredicate.<JavaClass>describe(
            "are the pure mailbox", each -> roomOf(each).equals("mailbox"));
    var notTheService =
        DescribedPredicate.<JavaClass>describe(
            "are not its service",
            each -> !each.getFullName().startsWith(ROOT + ".mailbox.MailboxService"));
    noClasses()
        .that(inMailbox.and(notTheService))
        .should()
        .dependOnClassesThat(
            resideInAPackage("io.vertx..")
                .or(resideInAPackage("reactor.."))
                .or(resideInAPackage("java.nio.file.."))
                .or(resideInAPackage("java.net.."))
                .or(resideInAPackage("java.util.concurrent..")))
        .because(
            "decide and apply take values and return values; time and chance come in with the"
                + " command")
        .check(classes);
    noClasses().that(inMailbox).should(callTheClock()).check(classes);
  }

  @Test
  void onlyTheirOwnersListen() {
    var broken = new TreeSet<String>();
    for (JavaClass each : classes) {
      boolean mayListen =
          each.getPackageName()
              .matches(
                  "io\\.mainstem\\.(line|delivery|gateway\\.[a-z]+|cell\\.wire|ops|bench|app)");
      for (JavaMethodCall call : each.getMethodCallsFromSelf()) {
        if (call.getTargetOwner().isAssignableTo(Vertx.class)
            && Set.of("createHttpServer", "createNetServer").contains(call.getTarget().getName())
            && !mayListen) {
          broken.add(call.getDescription());
        }
      }
    }
    assertEquals(
        Set.of(),
        broken,
        "A socket is opened only by a gateway's root, ports of line protocols, the wire between"
            + " nodes, the admin API or a load generator");
  }

  @Test
  void namesSayWhatAThingIs() {
    var vague = new TreeSet<String>();
    classes.forEach(
        each -> {
          if (VAGUE.matcher(each.getSimpleName()).matches()
              && !GENERATED.matcher(each.getName()).matches()) {
            vague.add(each.getName());
          }
        });
    assertEquals(Set.of(), vague);
  }

  @Test
  void everyPackageIsNullMarked() {
    var unmarked = new TreeSet<String>();
    var packages = new TreeSet<JavaPackage>(Comparator.comparing(JavaPackage::getName));
    classes.forEach(each -> packages.add(each.getPackage()));
    for (JavaPackage each : packages) {
      if (!each.isAnnotatedWith(NullMarked.class)) {
        unmarked.add(each.getName());
      }
    }
    assertEquals(
        Set.of(),
        unmarked,
        "A package-info.java says what a package is for, and carries @NullMarked");
  }

  /**
   * Of a record with several constructors ProtoStream may choose one that leaves fields out: they
   * would be written, and be gone when they are read.
   */
  @Test
  void whatIsWrittenDownIsMadeInOneWay() {
    var written = classes.stream().filter(ArchitectureTest::isWrittenDown).toList();
    assertTrue(written.size() > 100, "Only " + written.size() + " records were found");
    assertEquals(Set.of(), madeInTwoWays(classes), "Give it a static factory instead");
    assertEquals(
        Set.of(Twofold.class.getName()),
        madeInTwoWays(new ClassFileImporter().importClasses(Twofold.class, UserId.class)),
        "the rule sees a second constructor");
  }

  /** Breaks the rule. */
  @Proto
  record Twofold(int one, int two) {
    Twofold(int one) {
      this(one, 0);
    }
  }

  private static Set<String> madeInTwoWays(JavaClasses among) {
    var broken = new TreeSet<String>();
    among.forEach(
        each -> {
          if (isWrittenDown(each) && each.getConstructors().size() > 1) {
            broken.add(each.getName());
          }
        });
    return broken;
  }

  private static boolean isWrittenDown(JavaClass each) {
    return each.isRecord() && each.isAnnotatedWith(Proto.class);
  }

  private static ArchCondition<JavaClass> callTheClock() {
    return ArchCondition.from(
        DescribedPredicate.describe(
            "ask for the time or for chance themselves",
            each ->
                each.getMethodCallsFromSelf().stream()
                    .anyMatch(
                        call ->
                            List.of(
                                    "java.time.Instant.now()",
                                    "java.lang.System.currentTimeMillis()",
                                    "java.lang.System.nanoTime()",
                                    "java.util.UUID.randomUUID()")
                                .contains(call.getTarget().getFullName()))));
  }

  /** The longest room that a class's package lies in; the root room is of {@code Main} alone. */
  private static String roomOf(JavaClass each) {
    String below = each.getPackageName().substring(ROOT.length()).replaceFirst("^\\.", "");
    var fitting = new ArrayList<String>();
    for (String room : ROOMS.keySet()) {
      if (!room.isEmpty() && (below.equals(room) || below.startsWith(room + "."))) {
        fitting.add(room);
      }
    }
    return fitting.stream().max(Comparator.comparingInt(String::length)).orElse("");
  }

  private static Set<String> and(String... more) {
    var all = new TreeSet<>(COMMON_GROUND);
    all.addAll(List.of(more));
    return all;
  }

  private static Set<String> gateway() {
    return and("proxy", "line", "mime", "mailbox", "directory", "blob", "delivery");
  }
}
