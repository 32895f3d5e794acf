/**
 * What a demonstration adds for newcomers. In: the people of the demonstration and where the gateways listen. Out: first steps that
 * the page offers. Nothing here is used by a server that is no demonstration.
 */
@NullMarked
package io.mainstem.app.demo;

import org.jspecify.annotations.NullMarked;
