package io.mainstem.blob;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Which blobs there are and where their parts lie. Read by anybody; changed by the committer (at a
 * start, by the thread that replays).
 */
final class Catalog {
  private final ConcurrentHashMap<Long, Stored> blobs = new ConcurrentHashMap<>();
  private Map<Long, Assembly> assemblies = new HashMap<>();
  private long newestId;

  /**
   * Blobs whose erasure is appended and not settled: nothing of them may be appended behind it.
   * Confined to the committer.
   */
  final Set<Long> erasing = new HashSet<>();

  @Nullable Stored find(long id, long cookie) {
    Stored stored = blobs.get(id);
    return stored != null && stored.cookie() == cookie ? stored : null;
  }

  @Nullable Stored find(long id) {
    return blobs.get(id);
  }

  void put(long id, Stored stored) {
    blobs.put(id, stored);
  }

  void remove(long id) {
    blobs.remove(id);
  }

  void each(BiConsumer<Long, Stored> visitor) {
    blobs.forEach(visitor);
  }

  int count() {
    return blobs.size();
  }

  /** The newest id seen in the volumes; new ids go on after it. */
  long newestId() {
    return newestId;
  }

  // ---- replay at a start

  /**
   * Takes a needle of a volume. Parts of a blob may come in any order, since compaction moves each
   * by itself.
   */
  void replay(int volume, long offset, Needle needle) {
    long id = needle.id();
    newestId = Math.max(newestId, id);
    Stored stored = blobs.get(id);
    switch (needle.kind()) {
      case PART, LAST -> {
        if (stored != null) {
          blobs.put(id, stored.withLocation(needle.part(), Location.of(volume, offset)));
        } else {
          assemble(id, Location.of(volume, offset), needle);
        }
      }
      case REFERRED -> {
        if (stored != null) {
          blobs.put(id, stored.withReference(needle.cookie()));
        } else {
          Assembly assembly = assemblies.computeIfAbsent(id, absent -> new Assembly());
          assembly.references = Stored.plus(assembly.references, needle.cookie());
        }
      }
      case RELEASED -> {
        if (stored != null) {
          blobs.put(id, stored.withoutReference(needle.cookie()));
        } else if (assemblies.containsKey(id)) {
          Assembly assembly = assemblies.get(id);
          assembly.references = Stored.minus(assembly.references, needle.cookie());
        }
      }
      case ERASED -> {
        blobs.remove(id);
        assemblies.remove(id);
      }
      case MARK -> {}
    }
  }

  private void assemble(long id, long location, Needle needle) {
    Assembly assembly = assemblies.computeIfAbsent(id, absent -> new Assembly());
    assembly.cookie = needle.cookie();
    assembly.parts.put(needle.part(), new Piece(location, needle.length()));
    if (needle.kind() == Needle.Kind.LAST) {
      assembly.last = needle.part();
    }
    if (assembly.parts.size() == assembly.last + 1) {
      assemblies.remove(id);
      blobs.put(id, assembly.toStored());
    }
  }

  /**
   * Ends the replay; says how many blobs were complete once and now miss a part. What was never
   * complete is forgotten.
   */
  int endReplay() {
    int missing = (int) assemblies.values().stream().filter(assembly -> assembly.last >= 0).count();
    assemblies = Map.of();
    return missing;
  }

  private record Piece(long location, int length) {}

  private static final class Assembly {
    long cookie;
    int last = -1;
    final Map<Integer, Piece> parts = new HashMap<>();
    long[] references = Stored.NONE;

    Stored toStored() {
      long[] locations = new long[last + 1];
      long[] ends = new long[last + 1];
      long end = 0;
      for (int part = 0; part <= last; part++) {
        Piece piece = parts.get(part);
        if (piece == null) {
          throw new IllegalStateException("a blob has a part beyond its last");
        }
        end += piece.length;
        locations[part] = piece.location;
        ends[part] = end;
      }
      return new Stored(cookie, locations, ends, references);
    }
  }
}
