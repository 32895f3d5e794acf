# Shared by the scripts beside it: finds Java and Maven, builds the JAR when the sources are newer. Sourced, not run.

JAR=target/mainstem.jar
NEEDED_JAVA=21

say() { printf '%s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

# Prints the home of the newest Java >= 21 in the places where Maven's toolchain selection looks.
java_home() {
  local home release version best='' best_version=0 candidates=()
  while IFS='=' read -r home release; do candidates+=("$release"); done < <(env | grep -E '^JAVA[A-Z0-9_]*_HOME=')
  local on_path; on_path=$(command -v java || true)
  [ -n "$on_path" ] && candidates+=("$(dirname "$(dirname "$(readlink -f "$on_path" 2>/dev/null || echo "$on_path")")")")
  for home in "$HOME"/.jdks/* "$HOME"/.m2/jdks/* "$HOME"/.sdkman/candidates/java/* "$HOME"/.gradle/jdks/* \
    "$HOME"/.jenv/versions/* "$HOME"/.jbang/cache/jdks/* "$HOME"/.asdf/installs/java/* "$HOME"/.jabba/jdk/* \
    /usr/jdk/* /usr/java/* /opt/java/* /usr/lib/jvm/* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home "$HOME"/Library/Java/JavaVirtualMachines/*/Contents/Home; do
    candidates+=("$home")
  done
  for home in "${candidates[@]}"; do
    [ -x "$home/bin/java" ] && [ -f "$home/release" ] || continue
    [ "${1:-}" != jdk ] || [ -x "$home/bin/javac" ] || continue
    version=$(sed -n 's/^JAVA_VERSION="\(1\.\)\{0,1\}\([0-9]*\).*/\2/p' "$home/release")
    if [ "${version:-0}" -ge $NEEDED_JAVA ] && [ "$version" -gt "$best_version" ]; then best=$home best_version=$version; fi
  done
  [ -n "$best" ] && printf '%s\n' "$best"
}

no_java() {
  die "Mainstem needs Java $NEEDED_JAVA or newer (a JDK, to build it), and none was found in JAVA_HOME, on the PATH, or where JDKs
are usually installed. Get one, for instance:
  Debian, Ubuntu   apt-get install openjdk-21-jdk-headless   (Debian 12: from https://adoptium.net/installation/linux)
  macOS            brew install openjdk@21
  anywhere         https://adoptium.net/temurin/releases, unpacked into ~/.jdks"
}

need_maven() {
  command -v mvn >/dev/null || die "Building Mainstem needs Maven 3.8 or newer: apt-get install maven, or brew install maven."
}

# Where Maven keeps what it fetched, and how many MB that is.
repository() { printf '%s\n' "${MAVEN_REPOSITORY:-$HOME/.m2/repository}"; }
fetched_mb() { du -sm "$(repository)" 2>/dev/null | cut -f1 || echo 0; }

is_stale() {
  [ ! -f $JAR ] || [ -n "$(find pom.xml src/main src/launcher webroot -newer $JAR -print -quit 2>/dev/null)" ]
}

# Builds the JAR if a source is newer: the program alone, without tests and checks and what they would fetch.
build() {
  is_stale || return 0
  need_maven
  java_home jdk >/dev/null || no_java
  mkdir -p target
  local log=target/build.log before began=$SECONDS maven tick=0
  before=$(fetched_mb); before=${before:-0}
  say "Building $JAR. The first build on a machine fetches about 180 MB of libraries from Maven Central; later ones fetch nothing."
  # The program is built beside and moved at the end by Maven; the log is shown only if something is wrong.
  mvn -B -ntp -Dbare -Dmaven.test.skip=true -Dmaven.repo.local="$(repository)" package >$log 2>&1 &
  maven=$!
  trap 'kill $maven 2>/dev/null; exit 130' INT TERM
  while kill -0 $maven 2>/dev/null; do
    sleep 1
    tick=$((tick + 1))
    [ $((tick % 10)) -ne 0 ] || say "  … $((SECONDS - began)) s, $(($(fetched_mb) - before)) MB fetched"
  done
  trap - INT TERM
  if ! wait $maven; then
    grep -E '^\[ERROR\]' $log | head -20 >&2
    die "The build failed; all of it stands in $log."
  fi
  say "Built in $((SECONDS - began)) s, $(($(fetched_mb) - before)) MB fetched."
}

# Fetches the programs that a cluster on one machine needs beside Mainstem, and writes down where they lie, each apart from ours.
fetch_tools() {
  local tool list
  need_maven
  mkdir -p target/tools
  for tool in cassandra redis s3proxy; do
    list=target/tools/$tool
    [ $tool != cassandra ] || list=target/cassandra-classpath
    # Once written it holds, unless Maven's repository was emptied.
    if [ "$list" -nt scripts/tools/$tool-pom.xml ] && [ -f "$(cut -d: -f1 "$list")" ]; then continue; fi
    say "Fetching $tool from Maven Central (at most 70 MB, once)."
    mvn -B -q -ntp -f scripts/tools/$tool-pom.xml -Dmaven.repo.local="$(repository)" dependency:build-classpath \
      -Dmdep.outputFile="$PWD/$list" >target/tools/$tool.log 2>&1 || { tail -n 3 target/tools/$tool.log >&2; die "$tool could not be fetched."; }
  done
}
