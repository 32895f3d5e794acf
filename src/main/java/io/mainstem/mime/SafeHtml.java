package io.mainstem.mime;

/**
 * HTML of a mail that can be shown.
 *
 * @param html a fragment without scripts, forms, frames, or anything that loads by itself unless
 *     that was allowed
 * @param blockedImages remote images that were left out; their place is marked {@code data-blocked}
 */
public record SafeHtml(String html, int blockedImages) {}
