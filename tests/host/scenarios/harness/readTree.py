"""What containers and images hold, read from the layers that the daemon keeps: not by Livepush.

Answers requests, one JSON object a line: {"id", "layers": [DIRECTORY, …, the topmost last],
"mounts": {PATH: DIRECTORY}}, or where the layers are out of reach {"id", "client", "container"}, of
which `docker cp` makes a tar. The answer is {"id", "tree": {PATH: ENTRY}} or {"id", "error"}. Bytes
of a name that are not UTF-8 are lone surrogates, as Python has them.
"""

import hashlib
import json
import os
import stat
import subprocess
import sys
import tarfile

TYPES = {
    stat.S_IFREG: "file",
    stat.S_IFDIR: "directory",
    stat.S_IFLNK: "symlink",
    stat.S_IFIFO: "fifo",
    stat.S_IFSOCK: "socket",
    stat.S_IFCHR: "character device",
    stat.S_IFBLK: "block device",
}
# What the overlay and a host's security module keep for themselves.
PRIVATE = ("trusted.overlay.", "security.selinux")

digests = {}
layers = {}


def digest_of(path, found):
    key = (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)
    if key not in digests:
        with open(path, "rb") as file:
            digests[key] = hashlib.file_digest(file, "sha256").hexdigest()
    return digests[key]


def entry_of(path, found):
    kind = TYPES[stat.S_IFMT(found.st_mode)]
    names = os.listxattr(path, follow_symlinks=False)
    attributes = {
        name: os.getxattr(path, name, follow_symlinks=False).hex()
        for name in sorted(names)
        if not name.startswith(PRIVATE)
    }
    return {
        "type": kind,
        "mode": stat.S_IMODE(found.st_mode),
        "uid": found.st_uid,
        "gid": found.st_gid,
        "link": os.readlink(path) if kind == "symlink" else "",
        "content": digest_of(path, found) if kind == "file" else "",
        "device": f"{os.major(found.st_rdev)}:{os.minor(found.st_rdev)}" if "device" in kind else "",
        "attributes": attributes,
        "time": int(found.st_mtime),
        "inode": found.st_ino if kind != "directory" and found.st_nlink > 1 else 0,
        "opaque": kind == "directory" and is_opaque(path),
    }


def is_opaque(path):
    try:
        return os.getxattr(path, "trusted.overlay.opaque") == b"y"
    except OSError:
        return False


def walk(directory, prefix, found):
    """All below a directory, folders before what is in them; an application may be at work there."""
    try:
        inside = sorted(os.scandir(directory), key=lambda item: item.name)
    except (FileNotFoundError, NotADirectoryError):
        return
    for item in inside:
        try:
            entry = entry_of(item.path, item.stat(follow_symlinks=False))
        except FileNotFoundError:
            continue
        path = prefix + item.name
        found[path] = entry
        if entry["type"] == "directory":
            walk(item.path, path + "/", found)


def layer_of(directory, changes):
    """The entries of a layer, which only changes where it is a container's own."""
    if changes or directory not in layers:
        found = {}
        walk(directory, "", found)
        if changes:
            return found
        layers[directory] = found
    return layers[directory]


def forget(tree, path, itself):
    for name in [name for name in tree if name.startswith(path + "/")]:
        del tree[name]
    if itself:
        tree.pop(path, None)


def lay_over(tree, upper, number):
    for path, entry in upper.items():
        if entry["type"] == "character device" and entry["device"] == "0:0":
            forget(tree, path, itself=True)
            continue
        under = tree.get(path)
        if under is not None and (under["type"] == "directory") != (entry["type"] == "directory"):
            forget(tree, path, itself=False)
        elif entry["opaque"]:
            forget(tree, path, itself=False)
        tree[path] = {**entry, "file": (number, entry["inode"]) if entry["inode"] else None}


def tree_of_layers(directories, mounts):
    tree = {}
    for number, directory in enumerate(directories):
        last = number == len(directories) - 1
        lay_over(tree, layer_of(directory, changes=last), number)
    for number, (path, directory) in enumerate(mounts.items()):
        inside = path.lstrip("/")
        forget(tree, inside, itself=False)
        found = {}
        walk(directory, inside + "/", found)
        lay_over(tree, found, -1 - number)
    return tree


def tree_of_tar(client, container):
    tree = {}
    copying = subprocess.Popen([client, "cp", f"{container}:/", "-"], stdout=subprocess.PIPE)
    with tarfile.open(fileobj=copying.stdout, mode="r|") as archive:
        for member in archive:
            path = clean(member.name)
            if path == "":
                continue
            if member.islnk():
                first = tree[clean(member.linkname)]
                first["file"] = first["file"] or path
                tree[path] = first
            else:
                tree[path] = entry_of_member(archive, member)
    if copying.wait() != 0:
        raise OSError(f"docker cp failed with exit code {copying.returncode}")
    return tree


def clean(name):
    return os.path.normpath(f"/{name}").lstrip("/")


def entry_of_member(archive, member):
    kinds = {
        tarfile.DIRTYPE: "directory",
        tarfile.SYMTYPE: "symlink",
        tarfile.FIFOTYPE: "fifo",
        tarfile.CHRTYPE: "character device",
        tarfile.BLKTYPE: "block device",
    }
    kind = kinds.get(member.type, "file")
    prefix = "SCHILY.xattr."
    return {
        "type": kind,
        "mode": member.mode,
        "uid": member.uid,
        "gid": member.gid,
        "link": member.linkname if kind == "symlink" else "",
        "content": hashlib.file_digest(archive.extractfile(member), "sha256").hexdigest()
        if kind == "file"
        else "",
        "device": f"{member.devmajor}:{member.devminor}" if "device" in kind else "",
        "attributes": {
            name[len(prefix) :]: value.encode("utf-8", "surrogateescape").hex()
            for name, value in sorted(member.pax_headers.items())
            if name.startswith(prefix)
        },
        "time": int(member.mtime),
        "file": None,
    }


def named(tree):
    """The entries with all names of each file that has several."""
    sets = {}
    for path, entry in tree.items():
        if entry["file"] is not None:
            sets.setdefault(entry["file"], []).append(path)
    kept = ("type", "mode", "uid", "gid", "link", "content", "device", "attributes", "time")
    answer = {}
    for path, entry in tree.items():
        names = sets.get(entry["file"], [])
        answer[path] = {name: entry[name] for name in kept}
        answer[path]["names"] = sorted(names) if len(names) > 1 else []
    return answer


def answer_to(request):
    if "layers" in request:
        tree = tree_of_layers(request["layers"], request["mounts"])
    else:
        tree = tree_of_tar(request["client"], request["container"])
    return named(tree)


for line in sys.stdin:
    request = json.loads(line)
    try:
        answer = {"id": request["id"], "tree": answer_to(request)}
    except Exception as error:  # whoever asked is told
        answer = {"id": request["id"], "error": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer), flush=True)
