package io.mainstem.mailbox.state;

import io.mainstem.mailbox.StoredObject;
import io.mainstem.message.BlobKey;
import io.mainstem.message.Channel;
import io.mainstem.message.Headers;
import io.mainstem.message.Message;
import io.mainstem.message.Person;
import java.util.List;
import org.infinispan.protostream.annotations.Proto;
import org.jspecify.annotations.Nullable;

/**
 * {@code s/FOLDER/N}: what lists of messages show (ENVELOPE, BODYSTRUCTURE, preview), for the UIDs
 * whose content came with them.
 */
@Proto
public record SummaryPage(long covers, List<Summary> summaries) implements StoredObject {
  public static final int PREVIEW = 200;
  public static final SummaryPage EMPTY = new SummaryPage(0, List.of());

  public SummaryPage {
    summaries = List.copyOf(summaries);
  }

  /** Of one message (RFC 9051 §7.5.2). @param raw where its bytes lie, when it came as mail */
  @Proto
  public record Summary(
      int uid,
      Person from,
      List<Person> to,
      List<Person> cc,
      String subject,
      Headers headers,
      String preview,
      Channel channel,
      @Nullable BlobKey raw) {
    public Summary {
      to = List.copyOf(to);
      cc = List.copyOf(cc);
    }

    public static Summary of(int uid, Message m) {
      var text = m.text();
      return new Summary(
          uid,
          m.from(),
          m.to(),
          m.cc(),
          m.subject(),
          m.headers(),
          text.length() <= PREVIEW ? text : cut(text),
          m.channel(),
          m.raw());
    }

    private static String cut(String text) {
      int end = Character.isHighSurrogate(text.charAt(PREVIEW - 1)) ? PREVIEW - 1 : PREVIEW;
      return text.substring(0, end);
    }
  }

  @Override
  public int sizeBytes() {
    int size = 64;
    for (Summary s : summaries) {
      size +=
          400
              + structure(s.headers().bodyStructure())
              + structure(s.headers().envelope())
              + 2 * (s.subject().length() + s.preview().length())
              + (s.to().size() + s.cc().size()) * 100;
    }
    return size;
  }

  private static int structure(@Nullable String rendered) {
    return rendered == null ? 0 : rendered.length();
  }
}
