package io.mainstem.proxy;

import io.netty.buffer.ByteBuf;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The binary header in front of a connection (The PROXY protocol, versions 1 &amp; 2, section 2.2).
 *
 * <pre>
 *   12  signature            14  family | transport
 *   13  version | command    15  length of what follows: addresses, then TLVs
 * </pre>
 *
 * @param lengthBytes of the whole header
 * @param client for whom the proxy speaks; null: for itself, as in a health check
 */
record ProxyHeader(int lengthBytes, @Nullable InetAddress client) {
  /** More than any balancer says; certificates' names are the longest of it. */
  static final int MAX_BYTES = 4096;

  private static final byte[] SIGNATURE = {
    0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A
  };
  private static final int FIXED = 16;
  private static final int LOCAL = 0x20;
  private static final int PROXY = 0x21;
  private static final int TCP_OVER_IPV4 = 0x11;
  private static final int TCP_OVER_IPV6 = 0x21;
  private static final int TYPE_CRC32C = 0x03;

  /**
   * Reads the header at the buffer's reader index, and moves nothing.
   *
   * @return null while it is not all there
   * @throws Malformed as soon as it can be no header
   */
  static @Nullable ProxyHeader read(ByteBuf bytes) {
    int start = bytes.readerIndex();
    int there = bytes.readableBytes();
    for (int i = 0; i < Math.min(there, SIGNATURE.length); i++) {
      if (bytes.getByte(start + i) != SIGNATURE[i]) {
        throw new Malformed("no header of version 2");
      }
    }
    if (there < FIXED) {
      return null;
    }
    int command = bytes.getUnsignedByte(start + 12);
    if (command != LOCAL && command != PROXY) {
      throw new Malformed("a version or command that is not known");
    }
    int length = FIXED + bytes.getUnsignedShort(start + 14);
    if (length > MAX_BYTES) {
      throw new Malformed("a header that is too long");
    }
    if (there < length) {
      return null;
    }
    int kind = bytes.getUnsignedByte(start + 13);
    int addresses =
        switch (kind >> 4) {
          case 0 -> 0;
          case 1 -> 12;
          case 2 -> 36;
          case 3 -> 216;
          default -> throw new Malformed("a family of addresses that is not known");
        };
    if ((kind & 0xF) > 2 || FIXED + addresses > length) {
      throw new Malformed("addresses that are not all there");
    }
    checkTlvs(bytes, start, FIXED + addresses, length);
    if (command == LOCAL) {
      return new ProxyHeader(length, null);
    }
    return new ProxyHeader(
        length,
        switch (kind) {
          case TCP_OVER_IPV4 -> address(bytes, start + FIXED, 4);
          case TCP_OVER_IPV6 -> address(bytes, start + FIXED, 16);
          default -> null; // "the receiver must use the real connection endpoints"
        });
  }

  private static InetAddress address(ByteBuf bytes, int at, int length) {
    byte[] address = new byte[length];
    bytes.getBytes(at, address);
    try {
      return InetAddress.getByAddress(address);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("an address has 4 or 16 bytes", e);
    }
  }

  private static void checkTlvs(ByteBuf bytes, int start, int from, int length) {
    int at = from;
    while (at < length) {
      if (at + 3 > length || at + 3 + bytes.getUnsignedShort(start + at + 1) > length) {
        throw new Malformed("a value that is not all there");
      }
      int size = bytes.getUnsignedShort(start + at + 1);
      if (bytes.getByte(start + at) == TYPE_CRC32C) {
        if (size != 4) {
          throw new Malformed("a checksum of the wrong size");
        }
        checkSum(bytes, start, length, at + 3);
      }
      at += 3 + size;
    }
  }

  /** Section 2.2.3: over the whole header, with the checksum itself as zeros. */
  private static void checkSum(ByteBuf bytes, int start, int length, int sumAt) {
    byte[] header = new byte[length];
    bytes.getBytes(start, header);
    for (int i = sumAt; i < sumAt + 4; i++) {
      header[i] = 0;
    }
    var sum = new CRC32C();
    sum.update(header);
    if (sum.getValue() != bytes.getUnsignedInt(start + sumAt)) {
      throw new Malformed("a checksum that does not fit");
    }
  }
}
