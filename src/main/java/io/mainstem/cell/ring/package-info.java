/**
 * Which node should own which logical partition: a pure function of the members, the same at every
 * node. In: names and token counts. Out: an owner for each partition, and who may declare a node
 * gone. Nothing here knows who really owns a partition: that only the store decides.
 */
@NullMarked
package io.mainstem.cell.ring;

import org.jspecify.annotations.NullMarked;
