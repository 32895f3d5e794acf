/** The checker is shown each kind of fault, and the client each kind of failing server. */
@NullMarked
package io.mainstem.bench.faults;

import org.jspecify.annotations.NullMarked;
