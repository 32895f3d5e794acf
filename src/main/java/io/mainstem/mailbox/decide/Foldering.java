package io.mainstem.mailbox.decide;

import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.Event;
import io.mainstem.mailbox.Reply;
import io.mainstem.mailbox.state.Folder;
import io.mainstem.mailbox.state.Spot;
import io.mainstem.message.FolderId;
import io.mainstem.message.Rejected;
import io.mainstem.message.Rejected.Rule;
import java.util.ArrayList;
import java.util.List;

/** The owner's folders. Those that every mailbox has stay as they are. */
final class Foldering {
  private static final int MAX_NAME = 255;

  private Foldering() {}

  /** CREATE (RFC 9051 §6.3.4). */
  static Outcome<Reply.FolderMade> create(Ledger ledger, Command.CreateFolder c) {
    var name = checked(ledger, c.name());
    if (ledger.header.folders().size() >= ledger.moment.limits().maxFolders()) {
      throw new Rejected(
          Rule.OVER_QUOTA, "more than " + ledger.moment.limits().maxFolders() + " folders");
    }
    // A name that is given again never has a UIDVALIDITY that it had, nor after a renewal.
    int validity = (int) Math.min(Integer.MAX_VALUE, ledger.header.renewal() + ledger.seq + 1);
    var folder = new Folder(ledger.name("f"), name, true, validity, 1, 0, 0, 0, ledger.seq);
    return new Outcome<>(
        new Event.FolderMade(folder),
        null,
        new Reply.FolderMade(new FolderId(folder.id()), Outcome.cursor(ledger, ledger.seq)));
  }

  private static String checked(Ledger ledger, String name) {
    boolean control = name.chars().anyMatch(Character::isISOControl);
    if (name.isBlank()
        || name.length() > MAX_NAME
        || control
        || name.startsWith("/")
        || name.endsWith("/")) {
      throw new Rejected(
          Rule.INVALID,
          "a folder's name has 1 to " + MAX_NAME + " characters, and no / at its ends");
    }
    for (Folder f : ledger.header.folders()) {
      if (f.name().equals(name) || f.name().equalsIgnoreCase(name) && isSystem(f)) {
        throw new Rejected(Rule.CONFLICT, "there is a folder of this name");
      }
    }
    return name;
  }

  private static boolean isSystem(Folder f) {
    return FolderId.SYSTEM.contains(new FolderId(f.id()));
  }

  private static Folder own(Ledger ledger, FolderId id) {
    var f = ledger.folder(id.value());
    if (isSystem(f)) {
      throw new Rejected(Rule.NOT_PERMITTED, "this folder stays as it is");
    }
    return f;
  }

  /** RENAME takes folders below along (RFC 9051 §6.3.6); no page is touched. */
  static Outcome<Reply.Done> rename(Ledger ledger, Command.RenameFolder c) {
    var f = own(ledger, c.folder());
    if (f.name().equals(c.name())) {
      return Outcome.nothing(ledger);
    }
    var name = checked(ledger, c.name());
    var renamed = new ArrayList<Folder>();
    renamed.add(f.renamed(name));
    for (Folder below : ledger.header.folders()) {
      if (below.name().startsWith(f.name() + "/") && !isSystem(below)) {
        renamed.add(
            below.renamed(checked(ledger, name + below.name().substring(f.name().length()))));
      }
    }
    return Outcome.done(ledger, new Event.FoldersRenamed(renamed));
  }

  /** DELETE (RFC 9051 §6.3.5): its messages go to Trash. */
  static Outcome<Reply.Done> delete(Ledger ledger, Command.DeleteFolder c) {
    var f = own(ledger, c.folder());
    for (Placements.At at : Placements.all(ledger, f.id())) {
      var now = ledger.now(at.ref());
      var moved = Moves.moved(ledger, now, (Spot s) -> s.folder().equals(f.id()), "trash");
      if (moved != null) {
        ledger.change(ledger.thread(at.thread()), at.page(), at.ref(), moved);
      }
    }
    ledger.faces();
    return Outcome.done(ledger, new Event.FolderDropped(ledger.effect(), ledger.folder(f.id())));
  }

  static Outcome<Reply.Done> subscribe(Ledger ledger, Command.Subscribe c) {
    var f = ledger.folder(c.folder().value());
    return f.subscribed() == c.on()
        ? Outcome.nothing(ledger)
        : Outcome.done(ledger, new Event.FoldersRenamed(List.of(f.subscribed(c.on()))));
  }
}
