package io.mainstem.mailbox;

import io.mainstem.message.Channel;
import io.mainstem.message.Headers;
import io.mainstem.message.Person;
import java.util.List;
import org.infinispan.protostream.annotations.Proto;
import org.jspecify.annotations.Nullable;

/**
 * A message of a folder as lists show it (RFC 9051 §7.5.2, RFC 8970).
 *
 * @param headers with ENVELOPE and BODYSTRUCTURE as they were rendered when the mail came; both are
 *     null for what was written here, whose RFC 5322 form is to be made first
 */
@Proto
public record SummaryView(
    PlacementView placement, Channel channel, @Nullable Text text, Headers headers) {
  /**
   * What is gone with the content: {@code text} is null once that is erased.
   *
   * @param preview the first characters of its text
   */
  @Proto
  public record Text(
      Person from, List<Person> to, List<Person> cc, String subject, String preview) {
    public Text {
      to = List.copyOf(to);
      cc = List.copyOf(cc);
    }
  }
}
