/**
 * Blobs in an object store that speaks S3: for cells, whose nodes share no disk.
 *
 * <p>In and out: the contract of {@link io.mainstem.blob.BlobStore}. The requests are made by hand
 * over the HTTP client of Java (Signature Version 4 is a page of code), so this costs no library,
 * and a node whose blobs are on its own disk loads nothing of it.
 *
 * <h2>What lies in the bucket</h2>
 *
 * <pre>
 *   PREFIX KEY /bytes                    the blob, in blocks
 *   PREFIX KEY /condemned/SWEEPER        a sweeper is about to delete the blob
 *   PREFIX KEY /ref/USER.GENERATION      somebody needs it; empty
 *   PREFIX swept                         when a timed sweep last began; empty
 * </pre>
 *
 * A key is 22 characters of base64url: a random cookie and the time at which the blob was begun. It
 * is unguessable, and spreads blobs evenly.
 *
 * <p>A blob is cut into blocks of 64 KiB. Each is followed by the CRC-32C of key, number, whether
 * it is the last, and its bytes:
 *
 * <pre>
 *   +------------------+-------+------------------+-------+-----------+-------+
 *   | 65536 bytes      | crc 4 | 65536 bytes      | crc 4 | the rest  | crc 4 |
 *   +------------------+-------+------------------+-------+-----------+-------+
 * </pre>
 *
 * So any range is one request (or one for each mebibyte of it), every byte is checked before it is
 * handed out, and an object that was cut short, or that is another's, is found out. On the way in,
 * each request is signed over the SHA-256 of its body, which the object store checks.
 *
 * <h2>Invariants</h2>
 *
 * <ul>
 *   <li>References are there before the bytes are, so no sweep takes a blob that was committed with
 *       one.
 *   <li>A sweeper condemns, then looks for references; whoever refers writes its reference, then
 *       looks for a condemnation, and waits it out. Object stores list what was written (as S3 does
 *       since 2020), so at least one of the two sees the other, and a blob that is referred to is
 *       never deleted, whichever nodes these are.
 *   <li>References without a blob (a crash before the bytes came, or while a blob was erased) and
 *       uploads that nobody finishes are tidied away by the sweep, an hour or a day later.
 *   <li>What is in memory has a bound: one part a writer and one mebibyte a reader, and all writers
 *       together no more than configured. Requests under way and waiting are bounded too.
 * </ul>
 */
@NullMarked
package io.mainstem.blob.s3;

import org.jspecify.annotations.NullMarked;
