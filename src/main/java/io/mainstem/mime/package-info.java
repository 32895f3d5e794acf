/**
 * Mail as bytes (RFC 5322, MIME) and mail as a {@link io.mainstem.message.Message}, each made from
 * the other.
 *
 * <p>In: the raw bytes of a mail in a blob. Out: a light message whose long parts stay byte ranges
 * of that blob ({@link io.mainstem.mime.MailParser}); decoded streams of those ranges ({@link
 * io.mainstem.mime.Parts}); HTML that can do no harm ({@link io.mainstem.mime.HtmlSanitizer}); RFC
 * 5322 bytes of what was written here ({@link io.mainstem.mime.MailComposer}); the clean-up of what
 * a mail program submits ({@link io.mainstem.mime.SubmissionCleaner}).
 *
 * <p>Our own scanner finds where parts begin and end, since their byte ranges are needed; fields,
 * parameters, addresses, dates, encoded words and transfer encodings are read by Apache mime4j.
 *
 * <p>Invariants: everything is a pure function of bytes, but {@link io.mainstem.mime.Mails}, which
 * runs it away from event loops. No input makes parsing fail or grow without bound: nesting, parts,
 * fields and text are limited, and a mail that is not understood is shown as its raw text.
 */
@NullMarked
package io.mainstem.mime;

import org.jspecify.annotations.NullMarked;
