"""Builds the project's own images where they are missing.

A tag carries a digest of the build context, so an image is never stale and never built twice.
The base image is pulled; where no registry answers it is made from Debian's own packages.
A company's CA bundle goes into each context, so that package managers inside a build trust
what the host trusts.
"""

import hashlib
import io
import os
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import docker
from docker.errors import APIError, ImageNotFound, NotFound

from harness.engines import builds
from harness.errors import BadInput, HarnessError
from harness.lifecycle import child_environment
from harness.support import assets, child
from harness.support.console import Progress, step

BASE = "debian:bookworm-slim"
HOME_MADE_BASE = "migration-harness/base:bookworm"

_CA_VARIABLES = ("PIP_CERT", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "CURL_CA_BUNDLE",
                 "NODE_EXTRA_CA_CERTS")  # fmt: skip


def base(client: docker.DockerClient, progress: Progress) -> str:
    """The base image's name, pulled or made when it is not there yet.

    Raises:
        BadInput: no registry answers and it cannot be made here either.
    """
    for name in (BASE, HOME_MADE_BASE):
        if _exists(client, name):
            return name
    try:
        with step(progress, f"pulling {BASE}"):
            client.images.pull(BASE)
        return BASE
    except APIError as error:
        progress(f"no registry gives {BASE} ({_first_line(error)})")
    with step(progress, "making the base image from Debian's packages (about 30 s)"):
        _make_base(client)
    return HOME_MADE_BASE


def _make_base(client: docker.DockerClient) -> None:
    """Raises BadInput: it cannot be made here."""
    script = assets.docker_context("base") / "make.sh"
    repository, _, tag = HOME_MADE_BASE.partition(":")
    with tempfile.NamedTemporaryFile() as files:
        made = child.run([script, files.name], env=child_environment.for_download())
        if made.returncode:
            raise BadInput(f"the base image cannot be had: {made.stderr.strip()}")
        client.api.import_image_from_file(
            files.name, repository=repository, tag=tag, changes=['CMD ["bash"]']
        )


def standin(client: docker.DockerClient, progress: Progress) -> str:
    """The stand-in's image, built when missing; its tag."""
    return _built(client, "confluence-standin", {}, progress)


def cloud(client: docker.DockerClient, progress: Progress) -> str:
    """The image of the cloud and of the scripted cloud app, built when missing; its tag."""
    parts = ("__init__.py", "errors.py", "redaction/", "vocabulary/", "cloud/", "cloud_app/")
    return _built(client, "cloud", _modules(parts), progress)


def recorder(client: docker.DockerClient, progress: Progress) -> str:
    """The recording proxy's image, built when missing; its tag."""
    return _built(client, "recorder", _modules(builds.RECORDER_PARTS), progress)


def _modules(parts: tuple[str, ...]) -> dict[str, bytes]:
    package = Path(__file__).parents[1]
    return {
        f"harness/{path}": (package / path).read_bytes() for path in builds.package_files(parts)
    }


def node_app(client: docker.DockerClient, kind: str, source: Path, progress: Progress) -> str:
    """The image of a cloud app of `kind: ace` or `forge`, built when missing; its tag."""
    files = {
        f"app/{path}": content
        for path, content in _folder(source)
        if "node_modules" not in path.split("/")
    }
    return _built(client, "cloud-node", files, progress, target=kind)


def pulled(client: docker.DockerClient, name: str, progress: Progress) -> str:
    """A foreign image, pulled when it is not here.

    Raises:
        BadInput: it is neither here nor can it be pulled.
    """
    if not _exists(client, name):
        try:
            with step(progress, f"pulling {name}"):
                client.images.pull(name)
        except (APIError, ImageNotFound) as error:
            raise BadInput(
                f"image {name!r} cannot be had: {_first_line(error)}. "
                "Check its name and tag, and that a registry answers"
            ) from error
    return name


def digest(client: docker.DockerClient, name: str) -> str:
    """What an image is, whatever its tag points at tomorrow: its registry's digest, else its id."""
    image = client.images.get(name)
    digests = sorted(image.attrs.get("RepoDigests") or [])
    return str(digests[0] if digests else image.id)


def file_in(client: docker.DockerClient, name: str, path: str) -> bytes:
    """A file's content out of an image, of which no container is started.

    Raises:
        BadInput: there is no such file in it.
    """
    container = client.containers.create(name)
    try:
        for _ in range(4):  # a link leads to the next; none of ours is longer
            stream, facts = container.get_archive(path)
            if facts and (target := facts.get("linkTarget")):
                path = target
                continue
            with tarfile.open(fileobj=io.BytesIO(b"".join(stream))) as archive:
                member = archive.next()
                content = archive.extractfile(member) if member else None
                if content:
                    return content.read()
            break
    except NotFound:
        pass
    finally:
        container.remove(v=True)
    raise BadInput(f"image {name} holds no file {path}")


def ca_bundle(environ: Mapping[str, str] = os.environ) -> bytes:
    """The CA bundle that the usual variables name; empty when none of them names a file."""
    for variable in _CA_VARIABLES:
        path = Path(environ.get(variable, ""))
        if path.is_file():
            return path.read_bytes()
    return b""


def _built(
    client: docker.DockerClient,
    name: str,
    extra: dict[str, bytes],
    progress: Progress,
    target: str | None = None,
) -> str:
    """An image, built when missing; its tag.

    Args:
        client: the engine.
        name: the image's folder in `docker/`.
        extra: files of the build's context beside those of the folder, by their paths.
        progress: takes lines about the build.
        target: the stage of a Dockerfile that is for several images; None for its last.
    """
    files = dict(_folder(assets.docker_context(name))) | extra
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(f"{path}\0{len(files[path])}\0".encode() + files[path])
    called = f"{name}-{target}" if target else name
    tag = f"migration-harness/{called}:{digest.hexdigest()[:12]}"
    if _exists(client, tag):
        return tag
    context = _tar(files | {"ca-bundle.crt": ca_bundle()})
    arguments = {"BASE": base(client, progress)}
    with step(progress, f"building image {tag}"):
        said: list[str] = []
        for part in client.api.build(
            fileobj=context,
            custom_context=True,
            tag=tag,
            rm=True,
            forcerm=True,
            buildargs=arguments,
            target=target,
            decode=True,
        ):
            lines = str(part.get("stream", "")).strip().splitlines()
            said += lines
            for line in lines:
                if line.startswith("Step "):
                    progress(f"  {line[:100]}")
            if "error" in part:
                tail = "\n".join(said[-15:])
                raise HarnessError(
                    f"building image {tag}: {part['error'].strip()}\n"
                    f"The build's last lines:\n{tail}"
                )
    return tag


def _exists(client: docker.DockerClient, name: str) -> bool:
    try:
        client.images.get(name)
    except ImageNotFound:
        return False
    return True


def _folder(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            yield path.relative_to(folder).as_posix(), path.read_bytes()


def _tar(files: Mapping[str, bytes]) -> io.BytesIO:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for path, content in sorted(files.items()):
            entry = tarfile.TarInfo(path)
            entry.size = len(content)
            # Scripts must stay executable; a fixed mode and time keep the build cache warm.
            entry.mode = 0o755 if path.endswith((".sh", "entrypoint.py")) else 0o644
            archive.addfile(entry, io.BytesIO(content))
    stream.seek(0)
    return stream


def _first_line(error: Exception) -> str:
    return str(getattr(error, "explanation", None) or error).splitlines()[0]
