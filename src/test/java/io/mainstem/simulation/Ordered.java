package io.mainstem.simulation;

import java.util.AbstractSet;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Collections that are gone through in one order in every process, in place of those whose order
 * comes from a number that the process drew or from where an object lies in memory. Called from
 * classes that were loaded for the simulation.
 */
public final class Ordered {
  private Ordered() {}

  public static <E> Set<E> copyOf(Collection<? extends E> elements) {
    return Collections.unmodifiableSet(new LinkedHashSet<>(elements));
  }

  public static <K, V> Map<K, V> copyOf(Map<? extends K, ? extends V> map) {
    return Collections.unmodifiableMap(new LinkedHashMap<>(map));
  }

  /** May be changed while it is gone through. */
  public static <E> Set<E> newKeySet() {
    return new Patient<>();
  }

  private static final class Patient<E> extends AbstractSet<E> {
    private final LinkedHashSet<E> elements = new LinkedHashSet<>();

    @Override
    public boolean add(E element) {
      return elements.add(element);
    }

    @Override
    public boolean remove(Object element) {
      return elements.remove(element);
    }

    @Override
    public boolean contains(Object element) {
      return elements.contains(element);
    }

    @Override
    public Iterator<E> iterator() {
      Iterator<E> before = List.copyOf(elements).iterator();
      return new Iterator<>() {
        private @Nullable E last;

        @Override
        public boolean hasNext() {
          return before.hasNext();
        }

        @Override
        public E next() {
          last = before.next();
          return last;
        }

        @Override
        public void remove() {
          elements.remove(last);
        }
      };
    }

    @Override
    public int size() {
      return elements.size();
    }
  }
}
