package io.mainstem.mailbox.state;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.mainstem.message.Attachment;
import io.mainstem.message.Message;
import io.mainstem.message.Part;
import io.mainstem.message.Person;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * 128 bits of SHA-256 over a canonical text, as 22 characters: tells a repeat from another content,
 * and hides what it is of.
 */
public final class Fingerprint {
  private final StringBuilder text = new StringBuilder(256);

  @CanIgnoreReturnValue
  public Fingerprint add(@Nullable String s) {
    if (s == null) {
      text.append("-;");
    } else {
      text.append(s.length()).append(':').append(s).append(';');
    }
    return this;
  }

  @CanIgnoreReturnValue
  public Fingerprint add(long n) {
    text.append(n).append(';');
    return this;
  }

  public Fingerprint people(List<Person> people) {
    add(people.size());
    for (Person p : people) {
      add(p.key());
    }
    return this;
  }

  /** What makes a message the same content. */
  public Fingerprint message(Message m) {
    add(m.channel().word())
        .add(m.from().key())
        .people(m.to())
        .people(m.cc())
        .add(m.subject())
        .add(m.text());
    part(m.longText());
    part(m.html());
    add(m.attachments().size());
    for (Attachment a : m.attachments()) {
      add(a.name()).add(a.sizeBytes());
      part(a.part());
    }
    return add(m.sizeBytes()).add(m.headers().messageId()).add(m.headers().inReplyTo());
  }

  /** A blob's key is left out: the same bytes stored again have another. */
  private void part(@Nullable Part p) {
    if (p == null) {
      add((String) null);
    } else {
      add(p.type()).add(p.range().offset()).add(p.range().sizeBytes());
    }
  }

  public String value() {
    try {
      var digest =
          MessageDigest.getInstance("SHA-256")
              .digest(text.toString().getBytes(StandardCharsets.UTF_8));
      return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(digest, 16));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  public static String of(String kind, String value) {
    return new Fingerprint().add(kind).add(value).value();
  }
}
