/** The program's entrance. Where the parts are put together is {@link io.mainstem.app.Mainstem}. */
@NullMarked
package io.mainstem;

import org.jspecify.annotations.NullMarked;
