# Where this workflow's files stand. Of a workflow that is named in git, by github(), gitlab() or
# gitfile() in a module, Snakemake fetches the files it is told of one by one; the library is none
# of them. The tree of that commit is therefore unpacked once, into Snakemake's own cache.
import subprocess
import tarfile
import tempfile
from pathlib import Path

from snakemake.exceptions import WorkflowError
from snakemake.sourcecache import HostingProviderFile, LocalGitFile, LocalSourceFile


def git(repository, *arguments):
    """Return what git prints; the repository may belong to somebody else."""
    command = ["git", "-c", "safe.directory=*", "-C", str(repository), *arguments]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise WorkflowError(f"{' '.join(command)}: {done.stderr.strip()}")
    return done.stdout.strip()


def unpack_commit(repository, ref, cache):
    """Return the folder that holds the tree of a ref's commit, made where it is not there yet."""
    commit = git(repository, "rev-parse", "--verify", f"{ref}^{{commit}}")
    tree = Path(cache) / "diffpath" / commit
    if tree.is_dir():
        return tree
    tree.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=tree.parent) as folder:
        archive, made = Path(folder, "tree.tar"), Path(folder, "tree")
        git(repository, "archive", "--format=tar", f"--output={archive}", commit)
        with tarfile.open(archive) as tar:
            tar.extractall(made, filter="data")
        try:
            made.rename(tree)
        except OSError:
            if not tree.is_dir():  # another job may have been first
                raise
    return tree


def find_place(basedir, cache):
    """Return the folder `workflow` on this machine's disk."""
    if isinstance(basedir, LocalSourceFile):
        return Path(str(basedir))
    if isinstance(basedir, LocalGitFile):
        repository = basedir.repo_path
    elif isinstance(basedir, HostingProviderFile):
        repository = basedir.hosted_repo.repo_clone
    else:
        raise WorkflowError(
            f"found the workflow at {basedir}; expected a path, github(), gitlab() or gitfile(). "
            "To mend: clone the repository and name the path of its workflow/Snakefile."
        )
    return unpack_commit(repository, basedir.ref, cache) / basedir.path
