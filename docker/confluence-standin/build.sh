#!/bin/sh
# Builds the stand-in with nothing but javac and jar; the Dockerfile and the local engine both call it.
#   build.sh OUTDIR [JARSDIR]  ->  OUTDIR/standin.jar, OUTDIR/app-migration-api.jar
set -eu

[ $# -ge 1 ] || { echo "usage: build.sh OUTDIR [JARSDIR=/usr/share/java]" >&2; exit 3; }
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
out=$(cd "$1" && pwd)
jars=${2:-/usr/share/java}
case $jars in /*) ;; *) jars=$(cd "$jars" && pwd) ;; esac

classpath=
urls=
while read -r name; do
    [ -f "$jars/$name" ] || { echo "build.sh: $jars/$name is missing: install Debian's packages libfelix-framework-java libtomcat10-embed-java libfreemarker-java libgoogle-gson-java" >&2; exit 3; }
    classpath=$classpath:$jars/$name
    urls="$urls file:$jars/$name"
done < "$here/classpath.txt"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/api" "$work/standin"
# -classfile: Debian's Tomcat refers to annotations that Debian does not ship.
javac --release 17 -Xlint:all,-classfile -Werror -cp "${classpath#:}" -d "$work/api" $(find "$here/api" -name '*.java')
javac --release 17 -Xlint:all,-classfile -Werror -cp "$work/api$classpath" -d "$work/standin" \
    $(find "$here/src" -name '*.java')
cp -R "$here/templates" "$here/static" "$here/profiles.txt" "$work/standin/"
# Written next to the old file and then renamed, so that a build never replaces a jar that a JVM is reading.
jar --create --file "$work/app-migration-api.jar" -C "$work/api" .
# With this manifest, `java -jar standin.jar` is the whole command; Felix needs the opened packages. Lines of a
# manifest have at most 72 bytes, so long ones are folded.
{
    echo "Main-Class: org.migrationharness.standin.Main"
    echo "Add-Opens: java.base/java.net java.base/java.security"
    echo "Class-Path:$urls" | fold -b -w 70 | sed '2,$s/^/ /'
} > "$work/manifest"
jar --create --file "$work/standin.jar" --manifest "$work/manifest" \
    -C "$work/standin" . -C "$work/api" .
mv "$work/app-migration-api.jar" "$out/app-migration-api.jar.new"
mv "$work/standin.jar" "$out/standin.jar.new"
mv "$out/app-migration-api.jar.new" "$out/app-migration-api.jar"
mv "$out/standin.jar.new" "$out/standin.jar"
