package io.mainstem.app.cli;

import io.mainstem.app.archive.MailFolder;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which folder of the mailbox a folder of an archive goes to; made when there is none. */
final class TargetFolders {
  /** What other programs call the folders that every mailbox has. */
  private static final Map<String, String> OTHER_NAMES =
      Map.ofEntries(
          Map.entry("inbox", "inbox"),
          Map.entry("sent", "sent"),
          Map.entry("sent items", "sent"),
          Map.entry("sent messages", "sent"),
          Map.entry("sent mail", "sent"),
          Map.entry("[gmail]/sent mail", "sent"),
          Map.entry("drafts", "drafts"),
          Map.entry("[gmail]/drafts", "drafts"),
          Map.entry("trash", "trash"),
          Map.entry("bin", "trash"),
          Map.entry("deleted items", "trash"),
          Map.entry("deleted messages", "trash"),
          Map.entry("[gmail]/trash", "trash"),
          Map.entry("junk", "junk"),
          Map.entry("spam", "junk"),
          Map.entry("junk e-mail", "junk"),
          Map.entry("junk email", "junk"),
          Map.entry("[gmail]/spam", "junk"),
          Map.entry("archive", "archive"),
          Map.entry("archives", "archive"),
          Map.entry("[gmail]/all mail", "archive"));

  private final AdminClient admin;
  private final String path;
  private final @Nullable String all;
  private final boolean ours;
  private final Map<String, String> ids = new LinkedHashMap<>();

  /**
   * @param all the folder for everything; null: each folder of the archive keeps its name
   * @param ours whether the archive was exported from here: then names mean what they say
   */
  TargetFolders(AdminClient admin, String user, @Nullable String all, boolean ours)
      throws IOException, InterruptedException {
    this.admin = admin;
    this.path = "/admin/users/" + AdminClient.encoded(user) + "/folders";
    this.all = all;
    this.ours = ours;
    for (Object each : admin.get(path).getJsonArray("folders")) {
      JsonObject folder = (JsonObject) each;
      ids.put(folder.getString("name"), folder.getString("id"));
    }
  }

  /** The folder's id; null: what the owner wrote goes to Sent, the rest to Inbox. */
  @Nullable String of(MailFolder source) throws IOException, InterruptedException {
    String name = all != null ? all : source.name();
    return name == null ? null : id(name);
  }

  private String id(String name) throws IOException, InterruptedException {
    String there = ids.get(name);
    if (there == null && (all != null || !ours)) {
      String other = OTHER_NAMES.get(name.toLowerCase(Locale.ROOT));
      there = other != null ? other : ids.containsValue(name) ? name : null;
    }
    if (there == null) {
      there = admin.post(path, new JsonObject().put("name", name)).getString("id");
      ids.put(name, there);
    }
    return there;
  }
}
