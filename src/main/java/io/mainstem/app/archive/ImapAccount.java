package io.mainstem.app.archive;

import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.Folder;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Store;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.eclipse.angus.mail.imap.IMAPFolder;
import org.jspecify.annotations.Nullable;

/** An account on another IMAP server. It is only read: no flag is changed there. */
public final class ImapAccount implements Closeable {
  private static final String TIMEOUT_MILLIS = "60000";

  /** RFC 6154: what a folder is for, whatever its name is. */
  private static final Map<String, String> SPECIAL_USES =
      Map.of(
          "\\sent", "Sent",
          "\\drafts", "Drafts",
          "\\trash", "Trash",
          "\\junk", "Junk",
          "\\archive", "Archive",
          "\\all", "Archive");

  private final Store store;
  private final String identity;

  private ImapAccount(Store store, String identity) {
    this.store = store;
    this.identity = identity;
  }

  /** How the connection is kept private. */
  public enum Security {
    /** TLS from the first byte. */
    TLS(993),
    /** TLS after STARTTLS, and nothing without it. */
    STARTTLS(143),
    /** Not at all. */
    NONE(143);

    public final int port;

    Security(int port) {
      this.port = port;
    }
  }

  /**
   * Where the account is.
   *
   * @param anyCertificate whether the server need not prove who it is
   */
  public record Server(String host, int port, Security security, boolean anyCertificate) {}

  /** Logs in. An IOException says what is wrong in words for a person. */
  public static ImapAccount open(Server server, String login, String password) throws IOException {
    String protocol = server.security() == Security.TLS ? "imaps" : "imap";
    String prefix = "mail." + protocol + ".";
    Properties properties = new Properties();
    properties.setProperty(prefix + "connectiontimeout", TIMEOUT_MILLIS);
    properties.setProperty(prefix + "timeout", TIMEOUT_MILLIS);
    properties.setProperty(prefix + "writetimeout", TIMEOUT_MILLIS);
    properties.setProperty(prefix + "ssl.checkserveridentity", "true");
    if (server.security() == Security.STARTTLS) {
      properties.setProperty(prefix + "starttls.enable", "true");
      properties.setProperty(prefix + "starttls.required", "true");
    }
    if (server.anyCertificate()) {
      properties.setProperty(prefix + "ssl.trust", "*");
      properties.setProperty(prefix + "ssl.checkserveridentity", "false");
    }
    try {
      Store store = Session.getInstance(properties).getStore(protocol);
      store.connect(server.host(), server.port(), login, password);
      return new ImapAccount(
          store, login + "@" + server.host().toLowerCase(Locale.ROOT) + ":" + server.port());
    } catch (AuthenticationFailedException refused) {
      throw new IOException("%s refused the login: %s".formatted(server.host(), words(refused)));
    } catch (MessagingException e) {
      throw new IOException(
          "%s:%d cannot be reached: %s".formatted(server.host(), server.port(), words(e)), e);
    }
  }

  static String words(MessagingException failure) {
    Throwable cause = failure.getCause();
    String said = failure.getMessage();
    return cause == null || said != null && said.contains(String.valueOf(cause.getMessage()))
        ? String.valueOf(said)
        : said + " (" + cause.getMessage() + ")";
  }

  /**
   * All folders that hold messages, in the order in which the server names them.
   *
   * @param only names as the server has them; empty: all
   */
  public List<MailFolder> folders(Set<String> only) throws IOException {
    List<MailFolder> found = new ArrayList<>();
    try {
      for (Folder each : store.getDefaultFolder().list("*")) {
        boolean wanted = only.isEmpty() || only.contains(each.getFullName());
        if (wanted && (each.getType() & Folder.HOLDS_MESSAGES) != 0) {
          IMAPFolder folder = (IMAPFolder) each;
          found.add(new ImapFolder(folder, nameOf(folder), identity + "/" + folder.getFullName()));
        }
      }
    } catch (MessagingException e) {
      throw new IOException("the folders cannot be listed: " + words(e), e);
    }
    return found;
  }

  private static String nameOf(IMAPFolder folder) throws MessagingException {
    for (String attribute : folder.getAttributes()) {
      @Nullable String use = SPECIAL_USES.get(attribute.toLowerCase(Locale.ROOT));
      if (use != null) {
        return use;
      }
    }
    return folder.getFullName().replace(folder.getSeparator(), '/');
  }

  @Override
  public void close() throws IOException {
    try {
      store.close();
    } catch (MessagingException e) {
      throw new IOException(words(e), e);
    }
  }
}
