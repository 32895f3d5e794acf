package io.mainstem.app.archive;

import java.io.Closeable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** One folder of an archive: an mbox file, a directory of a Maildir, a folder on a server. */
public interface MailFolder {
  /** The beginning, as a mark. */
  String START = "";

  /** What a person is told that is being read. */
  String shown();

  /** What tells it from all others, in this run and the next. */
  String identity();

  /** Its name with {@code /} between levels; null where the archive has no folders. */
  @Nullable String name();

  /** How much there is to read, as far as it is known; for the progress bar. */
  long sizeBytes() throws IOException;

  /**
   * Whether new messages come at the end only: then the end is a mark from which a later import
   * goes on. Otherwise a later import looks at everything again.
   */
  boolean growsAtItsEnd();

  /** Goes on behind the message after which {@code mark} was given, or at {@link #START}. */
  Reading read(String mark) throws IOException;

  /** Messages in their order. Confined to one thread. */
  interface Reading extends Closeable {
    /** The next message, null at the end. What is left of the one before is skipped. */
    @Nullable ArchivedMail next() throws IOException;

    /** Where to go on behind what was read; valid when the last message was read to its end. */
    String mark() throws IOException;

    /** How much was read, of {@link MailFolder#sizeBytes}. */
    long doneBytes() throws IOException;
  }
}
