package io.mainstem.mime;

/**
 * How much of a mail is looked at. What lies beyond is not lost: it stays in the raw bytes, and a
 * part that is nested too deep or comes too late is an attachment as a whole.
 *
 * @param maxDepth multiparts and messages within one another
 * @param maxParts of one mail
 * @param maxHeaderBytes of one part's header; fields beyond are not read
 * @param maxFields of one part's header
 * @param maxAddresses of one field
 * @param maxTextBytes of a text that is decoded as a whole
 * @param maxStructureChars of the BODYSTRUCTURE that is kept with the message
 */
public record MimeLimits(
    int maxDepth,
    int maxParts,
    int maxHeaderBytes,
    int maxFields,
    int maxAddresses,
    int maxTextBytes,
    int maxStructureChars) {
  public static final MimeLimits DEFAULT =
      new MimeLimits(32, 1_000, 256 << 10, 1_000, 1_000, 1 << 20, 16 << 10);
}
