/**
 * Views of a mailbox as JSON, pages and files as answers.
 *
 * <p>In: views, frames, problems. Out: texts and header fields of the contract. Invariant: the same
 * view gives the same bytes.
 */
@NullMarked
package io.mainstem.gateway.http.rendering;

import org.jspecify.annotations.NullMarked;
