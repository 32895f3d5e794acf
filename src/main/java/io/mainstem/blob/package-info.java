/**
 * Blobs: large contents (raw mail, uploads) kept byte-exact outside of the log that names them.
 *
 * <p>In: streams of bytes ({@link io.mainstem.blob.BlobWriter}), references of users to blobs. Out:
 * keys that are safe in URLs, streams of any range. {@link io.mainstem.blob.BlobStore} is the
 * contract; {@link io.mainstem.blob.NeedleBlobStore} keeps it on a local disk in needle volumes,
 * after Facebook's Haystack.
 *
 * <h2>Volumes</h2>
 *
 * A volume is a file that is only ever appended to. All numbers are big-endian, everything is
 * aligned to 8 bytes.
 *
 * <pre>
 *   000001.volume
 *   +--------+---------+--------+------+-----+   +--------+--------+--------+---
 *   | MSVOLUME (8)     |version | no.  |salt |   | needle | needle | needle | …
 *   |                  | (4)    | (4)  | (8) |   |        |        |        |
 *   +------------------+--------+------+-----+   +--------+--------+--------+---
 *
 *   needle
 *    0 magic "NDL1"        4
 *    4 kind                1   1 part, 2 last part, 3 erased, 4 referred, 5 released, 6 mark
 *    5 zero                3
 *    8 id                  8   of the blob: creation time in ms << 20 | counter
 *   16 cookie              8   random; with the id it is the key (for kinds 4, 5: hash of the reference)
 *   24 part                4   which part of the blob
 *   28 length              4   of the payload
 *   32 settled             8   bytes of this volume known to be durable when this needle was written
 *   40 header checksum     4   CRC-32C over salt, offset of the needle, bytes 0–39
 *   44 payload checksum    4   CRC-32C
 *   48 payload, zeros up to the next multiple of 8
 * </pre>
 *
 * A blob is a sequence of parts of bounded size, so that any number of slow writers share one
 * volume without buffering a blob. It exists once its last part is durable. A blob of one part is
 * read with one disk read; a longer one with one read a part, each verified before a byte of it
 * leaves.
 *
 * <h2>What a start makes of a volume</h2>
 *
 * <ul>
 *   <li>{@code 000001.index} lists the needles of a settled stretch of its volume, in checksummed
 *       blocks. It is derived: what it does not cover, or all of it when it is missing, is read
 *       from the volume.
 *   <li>A needle that does not check, with no later needle that says "settled" beyond it, is a torn
 *       tail: nothing in it was ever acknowledged, so it is cut off, and logged.
 *   <li>A needle that does not check before something that says "settled" beyond it is damage. The
 *       start is refused with file and offset, unless damage is configured to be served: then the
 *       blobs in it answer with {@link io.mainstem.blob.DamagedBlob}. The salt keeps the contents
 *       of a mail from posing as a needle.
 * </ul>
 *
 * <h2>Invariants</h2>
 *
 * <ul>
 *   <li>One thread, the committer, appends, syncs and changes the catalog; nothing is acknowledged
 *       before the sync of the volume that holds it has returned. After a failed sync the volume is
 *       cut back to what was settled before and never appended to again; a later sync does not
 *       vouch for earlier bytes.
 *   <li>Needles replay in the order of volume number and offset, later ones win. Compaction appends
 *       the living needles of a volume again through the committer and deletes the volume once they
 *       are durable, so a crash in between costs nothing.
 *   <li>A needle "erased" or "released" is carried along by compaction until its volume is the
 *       oldest, since what it denies can only stand before it.
 * </ul>
 */
@NullMarked
package io.mainstem.blob;

import org.jspecify.annotations.NullMarked;
