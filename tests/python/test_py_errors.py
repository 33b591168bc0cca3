"""Failures are of the kind that they are handled by: a bank's is never taken for a picture's."""

import errno
import os
import pickle

import numpy as np
import pytest
import reseau
from reseau._errors import error_for


def index_of_one():
    index = reseau.Index("pdq")
    index.add([1], np.zeros((1, 32), np.uint8))
    return index


@pytest.mark.parametrize("call", [
    lambda folder: reseau.Bank.create(folder / "none" / "a.bank"), lambda folder: reseau.Bank.create(folder),
    lambda folder: reseau.Bank(folder / "none.bank"), lambda folder: reseau.Bank.verify(folder / "none.bank"),
])
def test_a_bank_that_fails_is_not_passed_over_as_a_bad_picture(call, tmp_path):
    with pytest.raises((reseau.BankError, reseau.ExistsError)) as caught:
        call(tmp_path)
    assert not isinstance(caught.value, reseau.InputError)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_bank_that_may_not_be_read_is_a_bank_error(tmp_path):
    reseau.Bank.create(tmp_path / "a.bank").close()
    (tmp_path / "a.bank").chmod(0)
    with pytest.raises(reseau.BankStorageError) as caught:
        reseau.Bank(tmp_path / "a.bank")
    assert caught.value.errno == errno.EACCES


@pytest.mark.parametrize("call", [
    lambda folder: index_of_one().save(folder / "none" / "i"),
    lambda folder: reseau.Index.load(folder / "none", "pdq", bytes(32)),
])
def test_an_index_that_fails_is_not_passed_over_as_a_bad_picture(call, tmp_path):
    with pytest.raises(FileNotFoundError) as caught:
        call(tmp_path)
    assert isinstance(caught.value, reseau.StorageError) and not isinstance(caught.value, reseau.InputError)
    assert caught.value.code == "io_error" and caught.value.errno == errno.ENOENT
    assert caught.value.filename.startswith(str(tmp_path / "none"))


@pytest.mark.parametrize("code", ["io_error", "corrupt", "limit_memory", "policy_filetype", "worker_crashed", "empty"])
def test_no_code_of_what_is_no_input_makes_an_input_error(code):
    assert isinstance(error_for(code, "why"), reseau.InputError)
    assert isinstance(error_for(code, "why", "a.bank", "bank"), reseau.BankError)
    for about in ("bank", "other"):
        assert not isinstance(error_for(code, "why", "", about), reseau.InputError)


def test_a_missing_picture_is_told_as_python_tells_it(tmp_path):
    with pytest.raises(FileNotFoundError) as caught:
        reseau.hash(tmp_path / "gone.jpg")
    again = pickle.loads(pickle.dumps(caught.value))
    for error in (caught.value, again):
        assert isinstance(error, reseau.ReadError) and error.code == "io_error"
        assert (error.filename, error.errno) == (str(tmp_path / "gone.jpg"), errno.ENOENT)
    assert str(again) == str(caught.value)


def test_a_path_that_reads_like_an_error_is_not_taken_for_one():
    of = "/a: No such file or directory; b could not be made: Permission denied; check its folder"
    assert error_for("io_error", of, "/a", "bank").errno == errno.EACCES
    assert error_for("io_error", "it cannot be read any further").errno is None
