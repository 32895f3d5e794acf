/** The stores on RocksDB, embedded: one database for a node, with a column family for each kind of row. */
@NullMarked
package io.mainstem.store.rocksdb;

import org.jspecify.annotations.NullMarked;
