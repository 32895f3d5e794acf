/**
 * Validated configuration: one record for each section of {@code conf/mainstem.yaml}.
 *
 * <p>In: a YAML file, the environment and {@code --set key=value}, the later beating the earlier.
 * Out: one immutable {@link io.mainstem.config.Config}, or one {@link
 * io.mainstem.config.ConfigException} that names the key, the value and what is allowed.
 *
 * <p>Invariants: a key is the path of record components ({@code http.port} is {@link
 * io.mainstem.config.Http#port}); its default and bounds stand at the component and nowhere else;
 * every key stands, explained and with its default, in {@code conf/mainstem.yaml} (a test compares
 * the two). So a new key is one component in a record and one line in that file.
 */
@NullMarked
package io.mainstem.config;

import org.jspecify.annotations.NullMarked;
