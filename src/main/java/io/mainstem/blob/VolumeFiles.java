package io.mainstem.blob;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;

/** Opens the files of volumes; tests put a disk that fails in its place. */
@FunctionalInterface
interface VolumeFiles {
  FileChannel open(Path file, OpenOption... options) throws IOException;

  VolumeFiles DISK = FileChannel::open;
}
