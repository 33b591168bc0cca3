import os
import pathlib
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))

from processes import started  # noqa: E402

BUILD = pathlib.Path(os.environ.get("RESEAU_BUILD", ROOT / "build" / "tests"))
PACKAGE = BUILD / "bindings" / "python"
INSTALLED = "RESEAU_INSTALLED" in os.environ  # the package that pip has installed, and its program
if INSTALLED:
    pass
elif not (PACKAGE / "reseau").is_dir():
    collect_ignore_glob = ["test_*.py"]  # built without -DRESEAU_PYTHON=ON
else:
    sys.path.insert(0, str(PACKAGE))
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(PACKAGE), os.environ.get("PYTHONPATH")]))


@pytest.fixture(scope="session")
def build() -> pathlib.Path:
    """The build folder under test: tests/run.sh says which."""
    return BUILD


@pytest.fixture(scope="session")
def program() -> pathlib.Path:
    if not INSTALLED:
        return BUILD / "src" / "cli" / "reseau"
    import reseau
    return pathlib.Path(reseau.__file__).parent / "bin" / "reseau"


@pytest.fixture
def start():
    """Runs Python code beside the test, which it does not outlive."""
    processes = []

    def run(code, *arguments, **options):
        processes.append(started([sys.executable, "-B", "-c", code, *map(str, arguments)], text=True, **options))
        return processes[-1]

    yield run
    for process in processes:
        process.kill()
        process.communicate()


@pytest.fixture(scope="session")
def photographs() -> list[pathlib.Path]:
    return sorted((ROOT / "examples" / "pictures").glob("*.jpg"))


@pytest.fixture(scope="session")
def odd_folder(tmp_path_factory, photographs) -> pathlib.Path:
    """What folders hold: every format, damage, emptiness, names that are not UTF-8."""
    from PIL import Image

    folder = tmp_path_factory.mktemp("odd")
    coat = Image.open(photographs[0])
    for suffix in ("png", "webp", "gif", "tiff", "bmp", "jpg"):
        coat.save(folder / f"coat.{suffix}")
    coat.convert("L").save(folder / "grey.png")
    alpha = coat.convert("RGBA")
    alpha.putalpha(coat.convert("L"))
    alpha.save(folder / "alpha.png")
    coat.save(folder / "animated.gif", save_all=True, append_images=[Image.open(photographs[1]).resize(coat.size)])
    Image.new("RGB", (64, 64), (9, 9, 9)).save(folder / "flat.png")
    whole = photographs[2].read_bytes()
    (folder / "cut.jpg").write_bytes(whole[: len(whole) // 2])
    (folder / "header.jpg").write_bytes(whole[:300])
    (folder / "empty.jpg").write_bytes(b"")
    (folder / "text.jpg").write_bytes(b"not a picture\n" * 20)
    (folder / "below").mkdir()
    (folder / "below" / "shirt.jpg").write_bytes(photographs[4].read_bytes())
    with open(os.fsencode(folder) + b"/\xff\xfename.jpg", "wb") as file:
        file.write(photographs[3].read_bytes())
    return folder
