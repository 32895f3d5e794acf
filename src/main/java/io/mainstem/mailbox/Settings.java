package io.mainstem.mailbox;

import java.util.Map;
import java.util.Set;
import org.infinispan.protostream.annotations.Proto;
import org.jspecify.annotations.Nullable;

/**
 * The owner's settings and policy, kept in his log.
 *
 * @param channels together or apart, for all
 * @param whoMayChat who may write chats to the owner
 * @param receipts whether others learn that the owner has read (and the owner that others have)
 * @param screenMail whether mail from strangers goes to Requests as well
 * @param retentionDays messages older than this expire from Trash and Junk; 0 is off
 * @param blocked keys of persons ({@link io.mainstem.message.Person#key})
 * @param page what a page remembers for itself (dismissed hints, scheme): at most 64 keys of 64
 *     characters, values of 1,024
 */
@Proto
public record Settings(
    ChannelView channels,
    WhoMayChat whoMayChat,
    boolean receipts,
    boolean screenMail,
    int retentionDays,
    Set<String> blocked,
    Map<String, String> page) {
  public static final Settings DEFAULT =
      new Settings(ChannelView.TOGETHER, WhoMayChat.EVERYONE, true, false, 0, Set.of(), Map.of());

  public Settings {
    blocked = Set.copyOf(blocked);
    page = Map.copyOf(page);
  }

  /** Who may write chats. */
  @Proto
  public enum WhoMayChat {
    /** Strangers land in Requests. */
    EVERYONE,
    /** Strangers are refused. */
    CONTACTS
  }

  /**
   * A change of some settings; null leaves one as it is. {@code block} and {@code unblock} are keys
   * of persons.
   */
  @Proto
  public record Patch(
      @Nullable ChannelView channels,
      @Nullable WhoMayChat whoMayChat,
      @Nullable Boolean receipts,
      @Nullable Boolean screenMail,
      @Nullable Integer retentionDays,
      Set<String> block,
      Set<String> unblock,
      Map<String, String> page) {}
}
